/**
 * The subjects of English passages. Each attribute has several wordings for the same fact and several questions whose
 * answer is its value verbatim: passages state, the rest of a document asks.
 */
import * as names from './names.ts';
import type { Random } from './random.ts';

export interface Attribute {
  /** Labels a column or a list entry. */
  readonly label: string;
  readonly value: (random: Random) => string;
  /** Predicates that follow the subject; `{v}` is the value. */
  readonly says: readonly string[];
  /** Questions for the value; `{s}` is the subject. */
  readonly asks: readonly string[];
  /** Questions for the subject by its value. */
  readonly finds: readonly string[];
}

export interface Domain {
  readonly noun: string;
  readonly plural: string;
  readonly subject: (random: Random) => string;
  readonly pronouns: readonly string[];
  readonly attributes: readonly Attribute[];
}

type Values = readonly string[] | ((random: Random) => string);

function attribute(label: string, values: Values, says: string[], asks: string[], finds: string[]): Attribute {
  return { label, value: typeof values === 'function' ? values : (random) => random.pick(values), says, asks, finds };
}

function number(low: number, high: number): (random: Random) => string {
  return (random) => names.count(random, low, high);
}

const THING = ['It'];

export const DOMAINS: readonly Domain[] = [
  {
    noun: 'person',
    plural: 'people',
    subject: names.personName,
    pronouns: ['He', 'She'],
    attributes: [
      attribute(
        'Home',
        names.placeName,
        ['lives in {v}', 'has a home in {v}', 'moved to {v}'],
        ['Where does {s} live?', 'In which city does {s} live?', 'Which town is home to {s}?'],
        ['Who lives in {v}?', 'Who has a home in {v}?'],
      ),
      attribute(
        'Job',
        [
          'nurse',
          'teacher',
          'driver',
          'baker',
          'lawyer',
          'pilot',
          'farmer',
          'painter',
          'carpenter',
          'chemist',
          'miller',
          'gardener',
          'plumber',
          'singer',
          'translator',
          'dentist',
          'tailor',
          'librarian',
          'mechanic',
          'waiter',
          'potter',
        ],
        ['works as a {v}', 'is a {v} by trade', 'has found work as a {v}'],
        ['What is the job of {s}?', 'What does {s} do for a living?', 'What work does {s} do?'],
        ['Who works as a {v}?', 'Who is a {v} by trade?'],
      ),
      attribute(
        'Age',
        number(18, 89),
        ['is {v} years old', 'turned {v} this year'],
        ['How old is {s}?', 'What is the age of {s}?'],
        ['Who is {v} years old?'],
      ),
      attribute(
        'Born in',
        names.year,
        ['was born in {v}', 'came into the world in {v}'],
        ['When was {s} born?', 'In what year was {s} born?', 'In which year was {s} born?'],
        ['Who was born in {v}?'],
      ),
      attribute(
        'Hobby',
        [
          'chess',
          'sailing',
          'hiking',
          'knitting',
          'football',
          'photography',
          'cooking',
          'swimming',
          'tennis',
          'archery',
          'reading',
          'cycling',
          'fishing',
          'climbing',
          'dancing',
          'pottery',
          'skating',
          'bird watching',
          'rowing',
        ],
        ['likes {v}', 'enjoys {v} at the weekend', 'spends the evenings on {v}'],
        ['What is the hobby of {s}?', 'What does {s} like?', 'Which hobby does {s} have?'],
        ['Who likes {v}?', 'Who enjoys {v}?'],
      ),
      attribute(
        'Employer',
        names.companyName,
        ['works for {v}', 'is employed by {v}', 'joined {v}'],
        ['Which company does {s} work for?', 'Who employs {s}?', 'Where does {s} work?'],
        ['Who works for {v}?', 'Who joined {v}?'],
      ),
      attribute(
        'Friend',
        names.personName,
        ['is a friend of {v}', 'often meets {v}', 'shares a flat with {v}'],
        ['Who is a friend of {s}?', 'Whom does {s} know?', 'Who is close to {s}?'],
        ['Who knows {v}?', 'Who is a friend of {v}?'],
      ),
    ],
  },
  {
    noun: 'company',
    plural: 'companies',
    subject: names.companyName,
    pronouns: THING,
    attributes: [
      attribute(
        'Founder',
        names.personName,
        ['was founded by {v}', 'was started by {v}'],
        ['Who founded {s}?', 'Who was the founder of {s}?', 'By whom was {s} started?'],
        ['What did {v} found?', 'Which company was founded by {v}?'],
      ),
      attribute(
        'Seat',
        names.placeName,
        ['has its head office in {v}', 'is based in {v}', 'is run from {v}'],
        ['Where is {s} based?', 'Where is the head office of {s}?', 'In which city is {s} based?'],
        ['Which company is based in {v}?', 'What is based in {v}?'],
      ),
      attribute(
        'Founded',
        names.year,
        ['was set up in {v}', 'opened its doors in {v}', 'has existed since {v}'],
        ['When was {s} founded?', 'In what year was {s} set up?', 'Since when has {s} existed?'],
        ['Which company was set up in {v}?'],
      ),
      attribute(
        'Staff',
        number(12, 9000),
        ['employs {v} people', 'has {v} employees', 'has a staff of {v}'],
        ['How many people does {s} employ?', 'How many employees does {s} have?', 'How large is the staff of {s}?'],
        ['Which company employs {v} people?'],
      ),
      attribute(
        'Product',
        [
          'bicycles',
          'lamps',
          'shoes',
          'carpets',
          'engines',
          'cameras',
          'chairs',
          'tea',
          'soap',
          'windows',
          'toys',
          'pumps',
          'violins',
          'batteries',
          'tents',
          'cheese',
          'paints',
          'clocks',
          'umbrellas',
          'kettles',
          'drones',
        ],
        ['makes {v}', 'is known for its {v}', 'sells {v} all over the country'],
        ['What does {s} make?', 'What is {s} known for?', 'Which goods does {s} sell?'],
        ['Which company makes {v}?', 'Who makes {v}?'],
      ),
      attribute(
        'Director',
        names.personName,
        ['is led by {v}', 'is managed by {v}'],
        ['Who leads {s}?', 'Who manages {s}?', 'Who is the head of {s}?'],
        ['What does {v} manage?', 'Which company is led by {v}?'],
      ),
    ],
  },
  {
    noun: 'town',
    plural: 'towns',
    subject: names.placeName,
    pronouns: THING,
    attributes: [
      attribute(
        'Population',
        number(400, 900000),
        ['has {v} inhabitants', 'is home to {v} people', 'counts {v} residents'],
        ['How many people live in {s}?', 'How many inhabitants does {s} have?', 'What is the population of {s}?'],
        ['Which town has {v} inhabitants?'],
      ),
      attribute(
        'River',
        (random) => `the ${names.invented(random)}`,
        ['lies on {v}', 'stands on the bank of {v}'],
        ['On which river does {s} lie?', 'What river runs by {s}?'],
        ['Which town lies on {v}?'],
      ),
      attribute(
        'Mayor',
        names.personName,
        ['has {v} as its mayor', 'elected {v} as mayor', 'is governed by {v}'],
        ['Who is the mayor of {s}?', 'Who governs {s}?', 'Whom did {s} elect as mayor?'],
        ['Which town has {v} as its mayor?', 'Where is {v} the mayor?'],
      ),
      attribute(
        'Known for',
        [
          'its market',
          'its old bridge',
          'its apples',
          'its museum',
          'its harbour',
          'its castle',
          'its music school',
          'its glass',
          'its cheese',
          'its gardens',
          'its lighthouse',
          'its carnival',
          'its boats',
          'its wool',
          'its honey',
        ],
        ['is known for {v}', 'is proud of {v}', 'draws visitors with {v}'],
        ['What is {s} known for?', 'What is {s} proud of?', 'What draws visitors to {s}?'],
        ['Which town is known for {v}?', 'What place is proud of {v}?'],
      ),
      attribute(
        'First named',
        names.year,
        ['was first named in {v}', 'became a city in {v}'],
        ['When was {s} first named?', 'In which year did {s} become a city?'],
        ['Which town was first named in {v}?'],
      ),
      attribute(
        'Height',
        (random) => `${names.count(random, 3, 2400)} metres`,
        ['stands {v} above the sea', 'lies at a height of {v}'],
        ['How high does {s} stand?', 'At what height does {s} lie?'],
        ['Which town lies at a height of {v}?'],
      ),
    ],
  },
  {
    noun: 'event',
    plural: 'events',
    subject: (random) =>
      `the ${names.properName(random, random.pick(['Festival', 'Fair', 'Concert', 'Conference', 'Race', 'Show', 'Market', 'Cup']))}`,
    pronouns: THING,
    attributes: [
      attribute(
        'Place',
        names.placeName,
        ['takes place in {v}', 'is held in {v}', 'will be in {v}'],
        ['Where does {s} take place?', 'Where is {s} held?', 'Which city hosts {s}?'],
        ['What takes place in {v}?', 'Which event is held in {v}?'],
      ),
      attribute(
        'Date',
        names.date,
        ['begins on {v}', 'opens on {v}', 'starts on {v}'],
        ['When does {s} begin?', 'On what date does {s} open?', 'When does {s} start?'],
        ['What begins on {v}?', 'Which event starts on {v}?'],
      ),
      attribute(
        'Ticket',
        names.amount,
        ['costs {v}', 'can be seen for {v}', 'has a ticket price of {v}'],
        ['How much does {s} cost?', 'How much is a ticket for {s}?', 'What is the price of {s}?'],
        ['What costs {v}?', 'Which event has a ticket price of {v}?'],
      ),
      attribute(
        'Visitors',
        number(40, 60000),
        ['drew {v} visitors', 'was seen by {v} people', 'had {v} guests last year'],
        ['How many visitors did {s} draw?', 'How many people saw {s}?', 'How many guests did {s} have?'],
        ['Which event drew {v} visitors?'],
      ),
      attribute(
        'Organiser',
        names.personName,
        ['is organised by {v}', 'was planned by {v}', 'is the work of {v}'],
        ['Who organises {s}?', 'Who planned {s}?', 'Who is behind {s}?'],
        ['What does {v} organise?', 'Which event was planned by {v}?'],
      ),
      attribute(
        'Sponsor',
        names.companyName,
        ['is paid for by {v}', 'has {v} as its sponsor'],
        ['Who pays for {s}?', 'Which company is the sponsor of {s}?'],
        ['What does {v} pay for?', 'Which event has {v} as its sponsor?'],
      ),
    ],
  },
  {
    noun: 'product',
    plural: 'products',
    subject: (random) =>
      `the ${names.invented(random)} ${random.pick(['lamp', 'kettle', 'bicycle', 'camera', 'printer', 'chair', 'radio', 'heater', 'watch', 'tent', 'phone', 'backpack'])}`,
    pronouns: THING,
    attributes: [
      attribute(
        'Price',
        names.amount,
        ['costs {v}', 'is sold for {v}', 'has a price of {v}'],
        ['How much does {s} cost?', 'What is the price of {s}?', 'How much is {s}?'],
        ['What costs {v}?', 'Which product is sold for {v}?'],
      ),
      attribute(
        'Colour',
        ['red', 'blue', 'green', 'black', 'white', 'yellow', 'grey', 'brown', 'orange', 'purple', 'silver', 'pink'],
        ['comes in {v}', 'is painted {v}', 'is {v}'],
        ['What colour is {s}?', 'In which colour does {s} come?'],
        ['Which product is {v}?', 'What comes in {v}?'],
      ),
      attribute(
        'Maker',
        names.companyName,
        ['is made by {v}', 'is built by {v}', 'comes from {v}'],
        ['Who makes {s}?', 'Which company makes {s}?', 'What firm builds {s}?'],
        ['What does {v} make?', 'Which product is made by {v}?'],
      ),
      attribute(
        'Weight',
        (random) => `${names.count(random, 2, 900)} ${random.pick(['grams', 'kilos'])}`,
        ['weighs {v}', 'has a weight of {v}'],
        ['How much does {s} weigh?', 'What is the weight of {s}?', 'How heavy is {s}?'],
        ['What weighs {v}?', 'Which product weighs {v}?'],
      ),
      attribute(
        'Model',
        names.code,
        ['carries the model number {v}', 'is listed as {v}', 'has the code {v}'],
        ['What is the model number of {s}?', 'What code does {s} have?', 'Which code is on {s}?'],
        ['Which product has the code {v}?', 'What is listed as {v}?'],
      ),
      attribute(
        'Material',
        [
          'steel',
          'wood',
          'glass',
          'plastic',
          'copper',
          'cotton',
          'leather',
          'bamboo',
          'wool',
          'rubber',
          'paper',
          'stone',
        ],
        ['is made of {v}', 'has a body of {v}'],
        ['What is {s} made of?', 'Which material is used for {s}?'],
        ['What is made of {v}?', 'Which product has a body of {v}?'],
      ),
    ],
  },
  {
    noun: 'class',
    plural: 'classes',
    subject: (random) =>
      `the ${random.pick(['morning', 'evening', 'summer', 'winter', 'first', 'second', 'advanced', 'weekend'])} ${random.pick(['biology', 'history', 'drawing', 'physics', 'French', 'music', 'algebra', 'dance', 'chemistry', 'Korean', 'geography', 'writing'])} class`,
    pronouns: THING,
    attributes: [
      attribute(
        'Teacher',
        names.personName,
        ['is taught by {v}', 'is given by {v}', 'has {v} as its teacher'],
        ['Who teaches {s}?', 'Who gives {s}?', 'Who is the teacher of {s}?'],
        ['What does {v} teach?', 'Which class is given by {v}?'],
      ),
      attribute(
        'Room',
        (random) => `room ${names.count(random, 1, 480)}`,
        ['meets in {v}', 'is held in {v}', 'has been moved to {v}'],
        ['Where does {s} meet?', 'In which room is {s} held?', 'Where is {s} held?'],
        ['Which class meets in {v}?', 'What is held in {v}?'],
      ),
      attribute(
        'Day',
        names.WEEKDAYS,
        ['meets on {v}', 'is on {v}'],
        ['On what day is {s}?', 'Which day is {s} on?', 'When is {s}?'],
        ['Which class is on {v}?', 'What meets on {v}?'],
      ),
      attribute(
        'Students',
        number(4, 90),
        ['has {v} students', 'is attended by {v} students', 'counts {v} learners'],
        ['How many students does {s} have?', 'How many students attend {s}?'],
        ['Which class has {v} students?'],
      ),
      attribute(
        'Time',
        names.clock,
        ['starts at {v}', 'begins at {v}'],
        ['When does {s} start?', 'At what time does {s} begin?', 'What time does {s} start?'],
        ['Which class starts at {v}?', 'What begins at {v}?'],
      ),
      attribute(
        'Book',
        names.title,
        ['uses {v}', 'reads {v}', 'works with {v}'],
        ['Which book does {s} use?', 'What does {s} read?', 'What book is read in {s}?'],
        ['Which class reads {v}?', 'What uses {v}?'],
      ),
    ],
  },
  {
    noun: 'team',
    plural: 'teams',
    subject: (random) =>
      `${names.placeName(random)} ${random.pick(['United', 'Rovers', 'Lions', 'Eagles', 'Bears', 'Sharks', 'Stars'])}`,
    pronouns: THING,
    attributes: [
      attribute(
        'Coach',
        names.personName,
        ['is coached by {v}', 'is trained by {v}', 'has {v} as its coach'],
        ['Who coaches {s}?', 'Who trains {s}?', 'Who is the coach of {s}?'],
        ['What does {v} coach?', 'Which team is trained by {v}?'],
      ),
      attribute(
        'Stadium',
        (random) => names.properName(random, random.pick(['Park', 'Stadium', 'Arena', 'Field'])),
        ['plays at {v}', 'has its home ground at {v}', 'trains at {v}'],
        ['Where does {s} play?', 'What is the home ground of {s}?', 'Which ground does {s} use?'],
        ['Which team plays at {v}?', 'Who plays at {v}?'],
      ),
      attribute(
        'Points',
        number(2, 98),
        ['has {v} points', 'won {v} points', 'ended the season with {v} points'],
        ['How many points does {s} have?', 'How many points did {s} win?'],
        ['Which team has {v} points?'],
      ),
      attribute(
        'Captain',
        names.personName,
        ['has {v} as its captain', 'is led on the field by {v}', 'chose {v} as captain'],
        ['Who is the captain of {s}?', 'Who leads {s} on the field?', 'Whom did {s} choose as captain?'],
        ['Which team has {v} as its captain?', 'What team does {v} lead?'],
      ),
      attribute(
        'Opponent',
        (random) => `${names.placeName(random)} ${random.pick(['City', 'Wolves', 'Tigers', 'Kings', 'Giants'])}`,
        ['lost to {v}', 'played against {v}', 'beat {v}'],
        ['Whom did {s} play?', 'Which team did {s} meet?', 'Who played against {s}?'],
        ['Who played against {v}?', 'Which team met {v}?'],
      ),
      attribute(
        'Next match',
        names.date,
        ['plays again on {v}', 'has its next match on {v}'],
        ['When does {s} play again?', 'When is the next match of {s}?'],
        ['Which team plays on {v}?'],
      ),
    ],
  },
  {
    noun: 'trip',
    plural: 'trips',
    subject: (random) => `the ${random.pick(['train', 'bus', 'ferry', 'flight'])} ${names.code(random)}`,
    pronouns: THING,
    attributes: [
      attribute(
        'From',
        names.placeName,
        ['leaves from {v}', 'sets off from {v}', 'departs from {v}'],
        ['Where does {s} leave from?', 'From which city does {s} depart?', 'Where does {s} set off?'],
        ['What leaves from {v}?', 'Which trip departs from {v}?'],
      ),
      attribute(
        'To',
        names.placeName,
        ['goes to {v}', 'is bound for {v}', 'arrives in {v}'],
        ['Where does {s} go?', 'Where does {s} arrive?', 'To which city does {s} go?'],
        ['What goes to {v}?', 'Which trip arrives in {v}?'],
      ),
      attribute(
        'Departure',
        names.clock,
        ['leaves at {v}', 'departs at {v}', 'sets off at {v}'],
        ['When does {s} leave?', 'At what time does {s} depart?', 'What time does {s} set off?'],
        ['What leaves at {v}?', 'Which trip departs at {v}?'],
      ),
      attribute(
        'Fare',
        names.amount,
        ['costs {v}', 'has a fare of {v}'],
        ['How much does {s} cost?', 'What is the fare of {s}?', 'How much is {s}?'],
        ['What costs {v}?', 'Which trip has a fare of {v}?'],
      ),
      attribute(
        'Seats',
        number(8, 600),
        ['has {v} seats', 'carries {v} passengers', 'offers room for {v} people'],
        ['How many seats does {s} have?', 'How many passengers does {s} carry?'],
        ['Which trip has {v} seats?'],
      ),
      attribute(
        'Driver',
        names.personName,
        ['is steered by {v}', 'is in the hands of {v}'],
        ['Who steers {s}?', 'Who is in charge of {s}?'],
        ['What does {v} steer?', 'Which trip is in the hands of {v}?'],
      ),
    ],
  },
  {
    noun: 'book',
    plural: 'books',
    subject: names.title,
    pronouns: THING,
    attributes: [
      attribute(
        'Author',
        names.personName,
        ['was written by {v}', 'is a book by {v}', 'is the work of {v}'],
        ['Who wrote {s}?', 'Who is the author of {s}?', 'By whom was {s} written?'],
        ['What did {v} write?', 'Which book was written by {v}?'],
      ),
      attribute(
        'Year',
        names.year,
        ['came out in {v}', 'was published in {v}', 'first appeared in {v}'],
        ['When did {s} come out?', 'In what year was {s} published?', 'When did {s} first appear?'],
        ['What came out in {v}?', 'Which book was published in {v}?'],
      ),
      attribute(
        'Pages',
        number(40, 1200),
        ['has {v} pages', 'runs to {v} pages', 'is {v} pages long'],
        ['How many pages does {s} have?', 'How long is {s}?'],
        ['Which book has {v} pages?'],
      ),
      attribute(
        'Setting',
        names.placeName,
        ['is set in {v}', 'takes place in {v}', 'tells of life in {v}'],
        ['Where is {s} set?', 'Where does {s} take place?', 'In which town is {s} set?'],
        ['Which book is set in {v}?', 'What takes place in {v}?'],
      ),
      attribute(
        'Hero',
        names.firstName,
        ['tells the story of {v}', 'follows a girl named {v}', 'has a hero called {v}'],
        ['Who is the hero of {s}?', 'Whose story does {s} tell?', 'Whom does {s} follow?'],
        ['Which book tells the story of {v}?', 'What has a hero called {v}?'],
      ),
      attribute(
        'Copies',
        number(500, 900000),
        ['sold {v} copies', 'was bought by {v} readers'],
        ['How many copies did {s} sell?', 'How many readers bought {s}?'],
        ['Which book sold {v} copies?'],
      ),
    ],
  },
  {
    noun: 'building',
    plural: 'buildings',
    subject: (random) =>
      `the ${names.properName(random, random.pick(['Tower', 'Bridge', 'Museum', 'Library', 'Hospital', 'Station', 'Castle', 'Theatre', 'Hotel']))}`,
    pronouns: THING,
    attributes: [
      attribute(
        'Architect',
        names.personName,
        ['was designed by {v}', 'was drawn by {v}', 'is the work of {v}'],
        ['Who designed {s}?', 'Who was the architect of {s}?', 'By whom was {s} designed?'],
        ['What did {v} design?', 'Which building was designed by {v}?'],
      ),
      attribute(
        'Place',
        names.placeName,
        ['stands in {v}', 'can be found in {v}', 'is in the middle of {v}'],
        ['Where does {s} stand?', 'Where is {s}?', 'In which city is {s}?'],
        ['What stands in {v}?', 'Which building is in {v}?'],
      ),
      attribute(
        'Height',
        (random) => `${names.count(random, 8, 420)} metres`,
        ['is {v} high', 'rises to {v}', 'reaches a height of {v}'],
        ['How high is {s}?', 'How tall is {s}?', 'What is the height of {s}?'],
        ['What is {v} high?', 'Which building reaches a height of {v}?'],
      ),
      attribute(
        'Opened',
        names.year,
        ['was opened in {v}', 'was finished in {v}', 'has been in use since {v}'],
        ['When was {s} opened?', 'In what year was {s} finished?', 'Since when has {s} been in use?'],
        ['What was opened in {v}?', 'Which building was finished in {v}?'],
      ),
      attribute(
        'Cost',
        (random) => `${names.count(random, 2, 900)} million`,
        ['cost {v}', 'was built for {v}'],
        ['How much did {s} cost?', 'What was the price of {s}?'],
        ['What cost {v}?', 'Which building was built for {v}?'],
      ),
      attribute(
        'Owner',
        names.companyName,
        ['belongs to {v}', 'is owned by {v}', 'was bought by {v}'],
        ['Who owns {s}?', 'To whom does {s} belong?', 'Which company owns {s}?'],
        ['What does {v} own?', 'Which building belongs to {v}?'],
      ),
    ],
  },
  {
    noun: 'animal',
    plural: 'animals',
    subject: (random) =>
      `${names.firstName(random)} the ${random.pick(['cat', 'dog', 'horse', 'parrot', 'goat', 'rabbit', 'tiger', 'bear', 'owl', 'camel'])}`,
    pronouns: ['He', 'She', 'It'],
    attributes: [
      attribute(
        'Owner',
        names.personName,
        ['belongs to {v}', 'lives with {v}', 'is looked after by {v}'],
        ['Who owns {s}?', 'Who looks after {s}?', 'To whom does {s} belong?'],
        ['What belongs to {v}?', 'Which animal lives with {v}?'],
      ),
      attribute(
        'Food',
        ['apples', 'fish', 'carrots', 'seeds', 'hay', 'bread', 'honey', 'mice', 'grass', 'rice', 'nuts', 'berries'],
        ['likes to eat {v}', 'is fed with {v}', 'eats {v}'],
        ['What does {s} eat?', 'What does {s} like to eat?', 'Which food does {s} get?'],
        ['Who eats {v}?', 'Which animal likes to eat {v}?'],
      ),
      attribute(
        'Weight',
        (random) => `${names.count(random, 1, 700)} kilos`,
        ['weighs {v}', 'has reached a weight of {v}'],
        ['How much does {s} weigh?', 'What is the weight of {s}?', 'How heavy is {s}?'],
        ['Who weighs {v}?', 'Which animal weighs {v}?'],
      ),
      attribute(
        'Home',
        names.placeName,
        ['comes from {v}', 'was born in {v}', 'was found in {v}'],
        ['Where does {s} come from?', 'Where was {s} born?', 'In which place was {s} found?'],
        ['Who comes from {v}?', 'Which animal was found in {v}?'],
      ),
      attribute(
        'Chip',
        names.code,
        ['has the chip number {v}', 'is registered as {v}'],
        ['What is the chip number of {s}?', 'Under which number is {s} registered?'],
        ['Which animal is registered as {v}?', 'Who has the chip number {v}?'],
      ),
    ],
  },
  {
    noun: 'order',
    plural: 'orders',
    subject: (random) => `order ${names.code(random)}`,
    pronouns: THING,
    attributes: [
      attribute(
        'Customer',
        names.personName,
        ['was placed by {v}', 'was made by {v}', 'belongs to {v}'],
        ['Who placed {s}?', 'Who made {s}?', 'Which customer made {s}?'],
        ['What did {v} order?', 'Which order was placed by {v}?'],
      ),
      attribute(
        'Goods',
        (random) =>
          `${random.int(2, 60)} ${random.pick(['books', 'chairs', 'lamps', 'pens', 'shirts', 'bottles', 'boxes', 'plates', 'keys', 'cups'])}`,
        ['contains {v}', 'is for {v}', 'consists of {v}'],
        ['What does {s} contain?', 'What is {s} for?', 'What is in {s}?'],
        ['Which order contains {v}?', 'Which order is for {v}?'],
      ),
      attribute(
        'Total',
        names.amount,
        ['comes to {v}', 'costs {v}', 'has a total of {v}'],
        ['How much does {s} cost?', 'What is the total of {s}?', 'How much is {s}?'],
        ['Which order costs {v}?', 'What comes to {v}?'],
      ),
      attribute(
        'Sent on',
        names.date,
        ['was sent on {v}', 'left the store on {v}', 'was shipped on {v}'],
        ['When was {s} sent?', 'On what date was {s} shipped?', 'When did {s} leave the store?'],
        ['What was sent on {v}?', 'Which order was shipped on {v}?'],
      ),
      attribute(
        'Address',
        (random) =>
          `${random.int(1, 240)} ${names.invented(random)} ${random.pick(['Street', 'Road', 'Lane', 'Avenue'])}`,
        ['goes to {v}', 'will be delivered to {v}', 'is on its way to {v}'],
        ['Where does {s} go?', 'Where will {s} be delivered?', 'To which address does {s} go?'],
        ['What goes to {v}?', 'Which order goes to {v}?'],
      ),
      attribute(
        'Courier',
        names.companyName,
        ['is carried by {v}', 'travels with {v}', 'was handed to {v}'],
        ['Who carries {s}?', 'Which firm carries {s}?', 'To whom was {s} handed?'],
        ['What does {v} carry?', 'Which order travels with {v}?'],
      ),
    ],
  },
];
