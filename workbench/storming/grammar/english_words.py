"""The word lists of `english.py`: irregular verbs, verbs that start a command, words that follow a verb.

They contain everyday English only, no words of a trade. Read `english.py` for their use.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text, each once."""
    return frozenset(text.split())


_IRREGULAR = """
arise arose arisen/awake awoke awoken/bear bore born borne/beat beat beaten/become became/begin began begun
bend bent/bet bet/bid bid/bind bound/bite bit bitten/bleed bled/blow blew blown
break broke broken/breed bred
bring brought/build built/burn burnt/burst burst/buy bought/cast cast/catch caught/choose chose chosen
come came/cost cost/creep crept/cut cut/deal dealt/dig dug/do did done/draw drew drawn/dream dreamt
drink drank drunk/drive drove driven/eat ate eaten/fall fell fallen/feed fed/feel felt/fight fought
find found/flee fled
fly flew flown/forbid forbade forbidden/forget forgot forgotten/forgive forgave forgiven/freeze froze frozen
get got gotten/give gave given/go went gone/grow grew grown/hang hung/have had/hear heard/hide hid hidden
hit hit/hold held/hurt hurt/keep kept/know knew known/lay laid/lead led/lean leant/leap leapt/learn learnt
leave left/lend lent/let let/lie lay lain/light lit/lose lost/make made/mean meant/meet met/mow mown/pay paid
prove proven/put put/quit quit/read read/ride rode ridden/ring rang rung/rise rose risen/run ran/saw sawn
say said/see saw seen/seek sought/sell sold/send sent/set set/sew sewn/shake shook shaken/shine shone
shoot shot/show shown/shrink shrank shrunk/shut shut/sing sang sung/sink sank sunk/sit sat/sleep slept
slide slid/sling slung/sow sown/speak spoke spoken/speed sped/spell spelt/spend spent/spill spilt/spin spun
split split/spoil spoilt/spread spread/spring sprang sprung/stand stood/steal stole stolen/stick stuck
sting stung/strike struck stricken/string strung/strive strove striven/swear swore sworn/sweep swept
swell swollen/swim swam swum/swing swung/take took taken/teach taught/tear tore torn/tell told
think thought/throw threw thrown/understand understood/upset upset/wake woke woken/wear wore worn
weave wove woven/win won/wind wound/withdraw withdrew withdrawn/write wrote written
"""

_VERBS = """
abort accept acquire activate add adjust admit adopt advise allocate allow amend apologise appoint approve
archive arrange ask assemble assess assign assume attach authenticate authorise authorize ban become begin
bind borrow bring build buy calculate cancel capture carry cease certify choose claim clarify classify clean
clear close collect combine commence complete compose compute conclude conduct configure confirm connect
consider consolidate convert correct create debit decide declare decline decrease deduct define delete
deliver deny deploy destroy detect determine disable disconnect dismiss dispatch dispense distribute do
drain draw drive eject eliminate emit enable encourage enforce enlarge enrol enroll ensure enter escalate
establish evaluate examine execute expand expel explain extend fetch finalise finalize find finish fix
forbid forget forgive forward fulfil fulfill gather generate get give go grab handle have hire identify
ignore impose improve include increase inform initiate insert inspect install instruct integrate invalidate
investigate invoke involve join keep launch lend let load locate make manage mark measure merge migrate
modify move nominate notify obtain offer open overrule override pay perform persist postpone prepare prevent
proceed process produce promote propose provide provision publish put query raise reactivate reallocate
reassign rebuild receive recalculate recommend reconcile redeem reduce refuse register reissue reject
release relocate remind remove rename renew reopen repay replace reply reprint reschedule resend reset
resolve restore restrict resubmit resume retrieve retry revise revoke rewrite say see select sell send
settle show shut solve specify split start stop store submit subscribe suspend take teach tell terminate
transmit treat try unblock unlock unpublish unsubscribe update upgrade upload validate verify void wait
waive warn welcome withdraw withhold write
"""

_VERBS_AND_NOUNS = """
access address advance aim alarm alert answer appeal attempt auction audit award back balance bid bill block
board book branch break brief broadcast budget call cast catch challenge change charge check circulate comment
commission compare compensate complain contact contract control copy count cover credit cut damage deal
defer delay delegate demand deposit design discount discover discuss display document double download draft
drop dry dump email empty end equip estimate exchange exit experiment export fail fill filter fine fire
flag fly follow force forecast frame free freeze grade grant group guarantee guide hand handover heat
help hide hit hold honour house implement import interrupt interview introduce invest invite invoice issue
lay lead lease leave level license lift light limit link list live loan lock log look lower mail maintain map
market match meet message milk mint monitor move name need negotiate note notice number offset order outline
pack park pass patch pause permit phone pick place plan play plug pledge plough point pool position post
press price print probe profile program progress project prompt protect pull pump punish purchase push
question queue quote race rank rate reach read rebalance rebook recall receipt recharge record recover
refer refill refresh refund regulate relay rent repair repeat report represent request rescue reserve respond
rest retire return reveal reverse review reward ride ring roll rotate route rule run sample save scale scan
schedule score screen seal search seat secure seed serve set shape share shift ship sign signal skip slow sort
spend stage stamp stand stock supply support surrender swap switch tag target tax test time top total tow
trace track trade train transfer transport trigger trim turn unload use value view visit vote vet walk want
wash watch weigh wrap yield
"""

IRREGULAR: dict[str, str] = {
    form: base
    for line in _IRREGULAR.split("\n")
    for verb in line.split("/")
    for base, *forms in [verb.split() or [""]]
    for form in forms
}
"""Past forms that do not end in -ed, with their verbs."""

PLAIN_VERBS = word_set(_VERBS)
"""Verbs that are rarely nouns: a name that starts with one is a request."""

VERBS = PLAIN_VERBS | word_set(_VERBS_AND_NOUNS) | frozenset(IRREGULAR.values())
"""Verbs that a command may start with."""

NOT_PAST = word_set("""
    bed biped bleed breed creed deed embed exceed feed greed hatred heed forecast hundred indeed
    infrared kindred moped naked need outlet output outset overcast preset proceed red reed sacred seed
    seedbed shed shred sled speed steed succeed wed weed wicked unpaid
""")
"""Words that end like a past form but are not one."""

PRESENT = word_set("""
    am are be can cannot could do does is lets may might must needs shall should to wants will would
""")
"""Words that say how things are, may or should be, not what happened."""

AUXILIARY = word_set("been had has have not never was were")
"""Words that may stand between the subject and its verb."""

ASKED = word_set("demanded denied granted refused requested")
"""Verbs of a request; the word before is then a noun, as in “Start Requested”."""

OPENERS = word_set("after as before each every if once unless until when whenever")
"""Words that open a condition."""

DETERMINERS = word_set("a all an any both each every her his its my no our some that the their this your")
"""Words that precede a noun: what follows is not a verb."""

TRAILING = word_set("""
    again ago ahead along anew apart around aside automatically away back behind down early elsewhere
    forward forever home in late later manually off offline on once online out over partly through
    together too twice under up yesterday
""")
"""Words that may follow a verb at the end of a name: plugged in, went offline."""

PREPOSITIONS = word_set("""
    about after against among as at because before beside between beyond by during for from in inside
    into of on onto out over per since through to towards under until upon via with within without
""")
"""Words that open a phrase after a verb: sent to the customer."""

AMBIGUOUS = word_set("""
    beat bet bid bit bore bound burst cast cost cut drew felt ground hit hurt lay led left let met put
    quit read rose saw set shot shut split spread thought upset wore wound
""")
"""Past forms that are also other words: counted only in the place of a verb."""
