/**
 * Passwords that lead every published list of leaked ones, in lower case, eight characters and longer (shorter ones fall to
 * the length rule). Small on purpose: it stops the guesses an attacker tries first; the lock-out stops the rest.
 */
const words = `
password passw0rd p@ssw0rd p@ssword pa55word passwort password! password1 password12 password123 password1234 password2
password01 password99 passw0rd1 passw0rd! p@ssw0rd1 p@ssw0rd! p@ssw0rd123 passpass mypassword newpassword yourpassword
qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 1qaz2wsx 1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t
1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 qazwsxedc qazwsx123 qweasdzxc asdfghjk asdfghjkl asdfasdf asdf1234 zxcvbnm1 zxcvbnm123
zaq12wsx zaq1zaq1 1234qwer qwer1234 123qweasd asdqwe123 qwe123qwe 123123qwe abcd1234 abc12345 abc123456 abcdefgh
abcdefg1 abcdefghi a1234567 a12345678 a123456789 aa123456 aaaa1111 aaaaaaaa 11111111 111111111 1111111111 11112222
11223344 12121212 12123434 12312312 123123123 12341234 1234321 123454321 12345678 123456789 1234567890 12345678910
0123456789 01234567 0987654321 98765432 987654321 9876543210 87654321 88888888 99999999 00000000 22222222 33333333
44444444 55555555 66666666 77777777 10203040 101010101 102030405060 147258369 159357456 159753456 13579246 135792468
123456aa 123456abc 123456a1 12345abc 12345qwert 123456qwerty 1234abcd 123abc123 147852369 741852963 789456123 456789123
iloveyou iloveyou1 iloveyou2 iloveyou! iloveu123 loveyou1 lovelove ilovegod iloveme1 ihateyou fuckyou1 fuckyou123
sunshine sunshine1 princess princess1 princess123 football football1 football123 baseball baseball1 basketball
softball1 superman superman1 superman123 spiderman batman123 starwars starwars1 pokemon1 pokemon123 dragon123 monkey123
master123 shadow123 michael1 michelle michelle1 jennifer jennifer1 jessica1 jonathan jordan23 charlie1 charlie123
ashley123 daniel123 thomas123 andrew123 alexander alexandra elizabeth christian christina nicholas samantha victoria
veronica stephanie brittany cristina patricia benjamin anthony1 matthew1 joshua123 computer computer1 internet
internet1 samsung1 samsung123 microsoft windows10 google123 facebook facebook1 whatever whatever1 trustno1 letmein1
letmein123 letmein! welcome1 welcome12 welcome123 welcome1234 welcome! changeme changeme1 changeme123 changeit
default1 admin123 admin1234 admin12345 admin123456 administrator adminadmin root1234 rootroot toor1234 guest123
guest1234 test1234 test12345 testtest testing1 testing123 temp1234 temppass demo1234 demo12345 user1234 username
login123 secret123 secret12 mysecret access14 ninja123 killer123 hello123 hello1234 helloworld goodluck lovely123
chocolate chocolate1 butterfly butterfly1 cheesecake strawberry blueberry pineapple watermelon cookie123 cupcake1
summer123 summer2020 summer2021 summer2022 summer2023 summer2024 summer2025 summer2026 winter123 winter2020 winter2021
winter2022 winter2023 winter2024 winter2025 winter2026 spring2024 spring2025 spring2026 autumn2024 autumn2025
autumn2026 monday123 friday13 january1 february november december december1 september october1 liverpool liverpool1
chelsea1 arsenal1 arsenal123 manchester barcelona barcelona1 realmadrid juventus1 ronaldo7 messi123 ferrari1 mercedes
mercedes1 porsche911 corvette mustang1 harley123 yamaha123 kawasaki mountain midnight midnight1 moonlight starlight
sunflower rainbow1 rainbow123 bluebird redsox123 yankees1 steelers1 cowboys1 lakers24 lakers123 jordan123 eminem123
metallica metallica1 slipknot1 nirvana1 ironmaiden blink182 greenday1 beautiful beautiful1 gorgeous sweetheart
babygirl babygirl1 babyboy1 angel123 angels123 jesus123 jesuschrist godisgood blessed1 heaven123 pakistan pakistan1
pakistan123 pakistan786 pakistan12 allah786 bismillah bismillah786 786786786 mashallah inshallah alhamdulillah
muhammad muhammad1 mohammed mohammad khan1234 karachi1 karachi123 lahore123 islamabad india123 hindustan zindabad
pakistanzindabad growthos growth123 falconacademy falcon123 academy1 academy123 student1 student123 student1234
teacher1 teacher123 mentor123 school123 college1 university university1 learning1 learning123
`;

export const commonPasswords: ReadonlySet<string> = new Set(words.trim().split(/\s+/));
