/* The wall in the browser, the expected effect of commands on it, and geometry in board units.
 * Read `talk.js` next: the messages to Python.
 */

function readWall(shown) {
  return {
    ...shown,
    notes: new Map((shown.notes ?? []).map((note) => [note.id, note])),
    areas: new Map((shown.areas ?? []).map((area) => [area.id, area])),
    links: shown.links ?? [],
    findings: shown.findings ?? [],
  };
}

const changed = (things, id, change) => {
  if (things.has(id)) things.set(id, { ...things.get(id), ...change });
};
const isLink =
  ({ source, target }) =>
  (link) =>
    link[0] === source && link[1] === target;

/* The expected effect of a command on a wall, until the answer of Python arrives. */
const EXPECTED = {
  PlaceNote: (wall, { note, kind, text, x, y }) =>
    wall.notes.set(note, { id: note, kind, text, x, y, pivotal: false, answer: "", owner: "" }),
  MoveNote: (wall, { note, x, y }) => changed(wall.notes, note, { x, y }),
  RewordNote: (wall, { note, text }) => changed(wall.notes, note, { text }),
  RetypeNote: (wall, { note, kind }) => changed(wall.notes, note, { kind }),
  MarkPivot: (wall, { note, pivotal }) => changed(wall.notes, note, { pivotal }),
  RemoveNote: (wall, { note }) => {
    wall.notes.delete(note);
    wall.links = wall.links.filter((link) => !link.includes(note));
  },
  LinkNotes: (wall, command) => {
    if (!wall.links.some(isLink(command))) wall.links = [...wall.links, [command.source, command.target]];
  },
  UnlinkNotes: (wall, command) => {
    wall.links = wall.links.filter((link) => !isLink(command)(link));
  },
  DrawArea: (wall, { area, kind, name, x, y, width, height }) =>
    wall.areas.set(area, { id: area, kind, name, x, y, width, height }),
  ReshapeArea: (wall, { area, x, y, width, height }) => changed(wall.areas, area, { x, y, width, height }),
  RenameArea: (wall, { area, name }) => changed(wall.areas, area, { name }),
  RemoveArea: (wall, { area }) => wall.areas.delete(area),
  EnterPhase: (wall, { phase }) => {
    wall.phase = phase;
  },
};

function overlaid(wall, commands) {
  const next = { ...wall, notes: new Map(wall.notes), areas: new Map(wall.areas) };
  for (const command of commands) EXPECTED[command.type]?.(next, command);
  return next;
}

function holds(area, note) {
  const beside = area.kind === "context" && (note.x < area.x || note.x >= area.x + area.width);
  return !beside && note.y >= area.y && note.y < area.y + area.height;
}

/* Return whether a frame lies completely within another. */
function within(outer, inner) {
  const across = inner.x > outer.x && inner.x + inner.width < outer.x + outer.width;
  const down = inner.y > outer.y && inner.y + inner.height < outer.y + outer.height;
  return outer !== inner && outer.kind === "context" && inner.kind === "context" && across && down;
}

/* Return the name of the innermost context around a note. */
function contextOf(wall, note) {
  const around = [...wall.areas.values()].filter((area) => area.kind === "context" && holds(area, note));
  return around.sort((a, b) => a.width * a.height - b.width * b.height)[0]?.name ?? "";
}

// ── geometry, in board units ─────────────────────────────────────────────────────────────────────────────────────────

const centreOf = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
const meets = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function around(boxes, room = 0) {
  const left = Math.min(...boxes.map((box) => box.x)) - room;
  const top = Math.min(...boxes.map((box) => box.y)) - room;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + room;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + room;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const between = (a, b) => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

const widths = new Map();
const SPACE = 0.36; // the width of a space, in font sizes

/* Return the width of a word, in font sizes. */
function widthOf(word) {
  if (!widths.has(word)) {
    const ruler = document.createElement("canvas").getContext("2d");
    const family = getComputedStyle(document.body).getPropertyValue("--jp-ui-font-family") || "system-ui, sans-serif";
    ruler.font = `650 100px ${family}`;
    widths.set(word, ruler.measureText(word).width / 100);
  }
  return widths.get(word);
}

/* Return the largest font size in pixels at which a text fits a box with no word broken; at least 9. */
function fitting(text, width, height, most) {
  const words = text.split(/\s+/).map(widthOf);
  const fits = (size) => {
    let [lines, used] = [1, -SPACE];
    for (const word of words) {
      if (used > 0 && (used + SPACE + word) * size > width) [lines, used] = [lines + 1, -SPACE];
      used += SPACE + word;
    }
    return lines * size * 1.2 <= height;
  };
  let size = Math.min(most, width / Math.max(...words, 0.1));
  while (size > 9 && !fits(size)) size -= 0.5;
  return Math.max(size, 9);
}

/* Return a path between the facing sides of two boxes; arrows in both directions do not overlap. */
function arrowPath(a, b) {
  const [from, to] = [centreOf(a), centreOf(b)];
  const gapX = Math.max(b.x - a.x - a.width, a.x - b.x - b.width);
  const gapY = Math.max(b.y - a.y - a.height, a.y - b.y - b.height);
  const level = gapX >= gapY;
  const sign = level ? Math.sign(to.x - from.x) || 1 : Math.sign(to.y - from.y) || 1;
  const start = level
    ? [from.x + (sign * a.width) / 2, from.y + 7 * sign]
    : [from.x - 7 * sign, from.y + (sign * a.height) / 2];
  const end = level ? [to.x - (sign * b.width) / 2, to.y + 7 * sign] : [to.x - 7 * sign, to.y - (sign * b.height) / 2];
  const bend = clamp(Math.hypot(end[0] - start[0], end[1] - start[1]) * 0.4, 12, 140) * sign;
  const [c1, c2] = level
    ? [
        [start[0] + bend, start[1]],
        [end[0] - bend, end[1]],
      ]
    : [
        [start[0], start[1] + bend],
        [end[0], end[1] - bend],
      ];
  return `M${start}C${c1} ${c2} ${end}`;
}

/* Return the nearest box in a direction; sideways distance counts double. */
function nearest(from, boxes, [dx, dy]) {
  const start = centreOf(from);
  let best = null;
  for (const [id, box] of boxes) {
    const { x, y } = centreOf(box);
    const ahead = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy) + Math.abs((y - start.y) * dx);
    if (ahead > 1 && aside < ahead * 3 && (!best || ahead + 2 * aside < best.far))
      best = { id, far: ahead + 2 * aside };
  }
  return best?.id ?? null;
}
