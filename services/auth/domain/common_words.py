"""Words that people build passwords from: those that lists of common passwords are full of.

The rules that join them with digits, signs, keyboard walks and each other are in ``passwords``.
"""

from __future__ import annotations

WORDS = """
aaa aardvark abc abcd access account achilles admin administrator adrian again ahmed airborne airforce
airplane alaska albert alejandro alex alexander alexandra alexandre alexis alfred ali alpha always amanda
amazing amazon amber america american amor amour anderson andrea andrei andrew android andy angel angelo
angels animal ann anna anne annie anthony antonio anything apollo apple april aragorn are arizona army arsenal
arthur asd asdf ashley assassin asshole athena atlantis atlas atomic audi audrey august austin australia
autumn avatar awesome azerty babe baby babyboy babydoll babygirl babylon badboy badger bailey ball banana
bandit bank barbara barbie barcelona barney bart baseball basket basketball bass bastard batman battle be
beach bear bears beatles beautiful beauty beckham becky beer believe bell bella ben benjamin benny benz berlin
bernard bestfriend beta beth betty bianca bigboy bigdaddy bigdick bigdog bigfoot bigman bigred bill billy
biology bird birthday biscuit bitch biteme black blackie blade blaster bless blessed blink blizzard blonde
blowme blue bluebird bluesky bmw boat bob bobafett bobby bollocks bond bonjour boobies boobs boomer boots
booty boston bowling boxing boy boys brandon brandy brasil bravo brazil brian british britney brittany broken
broncos brooklyn brother brown bruce bryant bubba bubbles buckeyes buddy budlight buffalo buffy bull bulldog
bullet bulls bunny business buster butter butterfly butthead cadillac california calvin camaro camera cameron
campbell canada candy captain cardinal carlos carmen carol carolina caroline carter cash casino casper castle
cat cats cavalier celtic celtics champion champions chandler changeme charger charles charlie charlotte cheese
chelsea chemistry cherokee cherries cherry cheryl chester chevrolet chevy cheyenne chicago chicken china chloe
chocolate chris christ christian christina christine christmas christopher chuck cindy cinnamon city claire
claudia clayton clifford cobra cocacola cocoa cody coffee coke college color colorado colour company computer
concrete content contrasena control cookie cookies cool cooler coolest cooper corvette cougar counter country
courtney cow cowboy cowboys cowgirl coyote crazy creampie creative credit cricket crystal cunt curtis cute
cutie cyber dad daddy daisy dakota dallas dan dance dancer dancing daniel danielle danny dark darkness darren
dave david davidson davis day debbie december default delta demo demon denise dennis denver desire destiny
devil devildog dexter diablo diamond diamonds diana diane dietcoke digital dirty disney dmitri doctor dodge
dog doggy dogs dollar dollars dolphin dolphins donald donna dorothy doug douglas dragon dragonball dragonfly
dragons drama dream dreamer dreams drizzt drpepper drummer drums duck dude duke dustin dylan eagle eagles
earth echo eclipse eddie edward eight einstein elaine electric elephant elizabeth elvis emerald emily eminem
emma empire energy engineer england english enigma enter enterprise eric erica espana eternity eugene ever
everton everything explorer extreme facebook faith falcon fall family fantasy farmer father fatima february
felix ferrari fire fireball fireman first fish fishing five fletch florence florida flower flowers fluffy
football ford forest forever forget forgot formula fortnite four fox foxtrot france francis frank frankie
franklin freddy free freedom french friday friend friends friendship frodo frontier fuck fucker fuckme fuckoff
fuckyou gabriel galaxy game gamer games gaming gamma gandalf garcia garden garfield gary gateway gemini
general genesis genius george german germany geronimo ghost ginger girl girls gizmo gladiator gloria gmail god
goddess godzilla goku gold golden goldfish golf golfer gonzalez goober good google goose gordon gorgeous
gorilla grace grandma gray great green greg gregory grey griffin guest guinness guitar guitars gunner guy hack
hacker hacking hallo halloween hamburger hamilton hammer hamster hannah hannibal hansolo happiness happy
hardcore harley harold harrison harry harvey hawaii hawk heart hearts heather heaven hector hell hellfire
hello hendrix henry herbert hercules here hermione hero heroes hey highland hiphop history hobbit hockey
hogwarts hola holiday holland hollow holly hollywood homer honda honey hooters hope hornet horse horses hot
hotdog hotmail hotrod hottie houston how howard hug hugs hunt hunter hunting hurricane i ice icecream iceman
idiot ilove iloveu iloveyou imagine india indian indiana infantry infinity instagram internet iphone ireland
iron ironman is isabel isabella isabelle island italia italy jack jackie jackson jacob jade jaguar jake
jamaica james jamie january japan jasmin jasmine jason jasper jedi jeff jeffrey jen jennifer jenny jeremy
jerome jerry jess jesse jessica jessie jesus jesuschrist jetaime jewel jim jimmy joanna joanne joe joey john
johnny johnson jon jonathan jones jordan jose joseph josh joshua joy juan julia julian julie juliet juliette
july june jungle junior jupiter justice justin juventus karen karina kate katherine kathleen kathy katie
kawasaki keith kelly kennedy kenneth kenny kevin kiki killer kim kimberly king kingdom kiss kisses kissme
kitten kitties kitty knife knight koala kobe komodo kristen kristin kristina kyle lady lakers laptop larry
last laura lauren lawrence legend legendary lemon leon leonard leonardo lesbian leslie letmein lexus liberty
liebe lifehack lightning lily lincoln linda lindsay linkedin lion lions lisa liverpool liz lizard lizzie logan
login logitech logon loki london lonewolf longhorn lopez loser louis louise love lovely loveme lover loverboy
loves loveyou loving lucas lucky lucy luis luke lulu machine madison madness madonna madrid maggie magic
magical maiden mama man manager manchester mandy mango manuel marathon marc marcel march marco marcus margaret
maria mariah marie marina marine marines mario marion mark marlboro marley mars marshall martha martin
martinez mary maryjane massive master math matrix matt matthew matthieu maurice maverick max maximus maxwell
may me megan melanie melissa memory memphis mercedes mercury merlin messi metal metallica mexico miami michael
michel michelle michigan mickael mickey microsoft midnight miguel mike mikey milan miller million minecraft
minnie miranda missy mistress misty mitchell mobile mohammed molly mom mommy monday money mongoose monica
monkey monster montana montreal moon moose morgan morpheus morrison motdepasse mother motorola mountain mouse
mozart muffin muhammad mum murphy murray music musicman mustang my mybaby mylife mylove mypass mypassword
myself myspace mystery nadine nancy naruto nascar natalie natasha nathan navy ncc neil nelson nemesis nemo neo
neptune netflix network never newton newyork nicholas nick nicky nicole night nikita nine ninja nintendo
nirvana nissan no nobody nokia nolimit norman northern not nothing november now nuclear nurse ocean october
odin office oliver olivia olympus omar omega one online only open openup orange oreo orlando oscar otis our
pacific packard packers pakistan pamela panda papa paradise paris parker parrot pascal pass passion passwd
password passwort patches patricia patrick patriots paul paula pauline pavilion peace peach peaches peanut
peanuts pearl pearljam peekaboo pegasus penguin penis people pepper pepsi perfect peter phantom phil philip
phoenix physics piano picasso picture pierre pig pikachu pilot pink pinkfloyd pioneer pirate pirates pizza
planet plastic platinum playboy player players playstation pleasure pluto poison pokemon police pony poohbear
pookie popcorn porn porsche potato potter power powerful powers precious predator presario preston pretty
prince princess private protect pumpkin punk puppy purple pussy pussycat python qaz queen qwe qwerty qwertz
rabbit racecar racer rachel racing rafael raiders rain rainbow raistlin rambo ranger rangers rap raptor rascal
raven raymond rebecca red redhead redsox regina remember renegade rich richard richie rick ricky rifle river
rob robbie robert roberto robin roblox rock rocker rocks rockstar rocky rodney rodriguez roger rolltide roma
romance romeo ronald ronaldo ronnie rooster root rose rosebud roses rosie roxy ruby rugby runner running
russell russia russian rusty ruth ryan sad sadie safety sailing sailor sally salut sam samantha sammy samson
samsung samuel samurai sandra sandy sapphire sara sarah sasha sasuke satan saturday saturn savage scarface
school science scooby scoobydoo scooter scorpion scotland scott scout sean sebastian sebastien second secret
secure security seminole semperfi senha september sergio server service sesame seven sex sexsex sexy sexygirl
shadow shadows shakira shamrock shannon shark sharon shelby sherlock shirley shit shooter shotgun sidney sigma
silver simba simon simone simpson simpsons singer sister sisters six skate skateboard skater skippy sky
skyline skywalker slayer slipknot slut smile smiley smith smokey snake snickers sniper snoopy snow snowball
snowman soccer softball soldier something sonic sophia sophie southern spain spanking sparky sparta spartan
special speedy spencer spider spiderman spike spitfire sports spot spring stacey stallion standard stanley
star starcraft stardust stargate starlight stars startrek starwars steel steelers stefan stella steph
stephanie stephen sterling steve steven stewart stingray stocking stone stonecold storage storm strawberry
strike strong student stupid subaru sublime subway success sugar summer sun sunday sunset sunshine superfly
superman superstar support surf surfer surfing susan suzanne suzuki sweet sweetheart sweetie sweetness
sweetpea sweety swimming sword swordfish sydney sylvia system tango tanya tarheels tarzan tattoo taylor
teacher team teamo teddy teddybear temp temporary ten tennis tequiero tequila teresa terminator terry test
tester testing texas thailand that the there theresa this thomas thor three thuglife thumper thunder thursday
thx tiffany tiger tigers tigger tim timothy tina tinker tinkerbell titan titanic titans tits toby today tokyo
tom tomcat tommy tony tornado tottenham toyota tracey train trains travis trek trevor trinity trombone trooper
trouble truck trucks trumpet trust trustno trustnoone tucker tuesday turbo turkey turtle twins twitter two
tyler tyson ultimate undertaker unicorn united universe university us usa user vacation vader valentin
valentina valerie vampire vanessa vanhalen vanilla vegas venus veronica vicky victor victoria victory viking
vikings vincent violet viper virginia vladimir vodka volleyball voyager walker wallace walter wanted warcraft
warlock warren warrior warriors was water waterloo watson wayne we wednesday welcome wendy wesley western
westside whale what whatever whatsup when where whiskey white whitney who whore why wildcat wildcats wildfire
will william willy wilson wind windows winner winston winter wizard wolf wolfman wolfpack wolverine wolves
woman wonder word work wrangler wrestling wsx xbox xxx xyz yahoo yamaha yankee yankees yellow yes yoda york
you your youtube zachary zack zelda zeppelin zero zeus ziggy zoe zombie zulu zxc zxcv zzz
"""
"""In lower case, without accents, in alphabetical order."""
