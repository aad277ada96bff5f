/** Conversations with a recap: the same names, numbers and dates retold in the third person and much shorter. */
import * as names from './names.ts';
import type { Random } from './random.ts';

export interface Dialogue {
  readonly conversation: string;
  readonly recap: string;
}

/** A conversation, a heading and its recap. */
export function writeDialogue(random: Random): string {
  const { conversation, recap } = inventDialogue(random);
  const heading = random.pick([
    'Notes:\n',
    'Minutes:\n',
    'In short: ',
    'To sum up: ',
    'Record:\n',
    'Afterwards: ',
    '* * *\n',
    '',
  ]);
  return random.chance(0.12) ? `${recap}\n\n${conversation}` : `${conversation}\n\n${heading}${recap}`;
}

/** With `houseStyle` every recap follows one wording, like one writer's notes. */
export function inventDialogue(random: Random, options: { houseStyle?: boolean } = {}): Dialogue {
  const scene = random.pick(SCENES);
  const slots = new Map(Object.entries(scene.slots).map(([slot, make]) => [slot, make(random)]));
  const fill = (template: string) => template.replace(/\{(\w+)\}/g, (_, slot: string) => slots.get(slot) ?? slot);
  const [asker, answerer] = random.pick(scene.speakers).map(fill) as [string, string];
  const said = scene.turns.flatMap((turn) => ('by' in turn ? turn : random.chance(0.5) ? turn : []));
  const turns = said.map(({ by, lines }) => `${by === 'asker' ? asker : answerer}: ${fill(random.pick(lines))}`);
  const wording = (variants: readonly string[]) => (options.houseStyle ? (variants[0] ?? '') : random.pick(variants));
  return {
    conversation: turns.join('\n'),
    recap: scene.recap.map((variants) => fill(wording(variants))).join(' '),
  };
}

interface Turn {
  readonly by: 'asker' | 'answerer';
  readonly lines: readonly string[];
}

interface Scene {
  readonly slots: Readonly<Record<string, (random: Random) => string>>;
  readonly speakers: readonly (readonly [asker: string, answerer: string])[];
  /** Turns in a nested list are included all together or not at all. */
  readonly turns: readonly (Turn | readonly Turn[])[];
  /** A list of wordings for each sentence. */
  readonly recap: readonly (readonly string[])[];
}

function ask(...lines: string[]): Turn {
  return { by: 'asker', lines };
}
function reply(...lines: string[]): Turn {
  return { by: 'answerer', lines };
}
function smallTalk(...turns: Turn[]): readonly Turn[] {
  return turns;
}
function oneOf(...items: string[]): (random: Random) => string {
  return (random) => random.pick(items);
}
function number(low: number, high: number): (random: Random) => string {
  return (random) => names.count(random, low, high);
}

const GOODS = oneOf(
  'lamp',
  'kettle',
  'chair',
  'camera',
  'printer',
  'radio',
  'heater',
  'watch',
  'tent',
  'jacket',
  'blender',
  'table',
);

const SCENES: readonly Scene[] = [
  {
    slots: {
      patient: names.personName,
      problem: oneOf(
        'headache',
        'cough',
        'sore throat',
        'backache',
        'fever',
        'rash',
        'stomach ache',
        'sore knee',
        'toothache',
      ),
      days: number(2, 30),
      drug: (random) => names.invented(random).toLowerCase(),
      dose: (random) => `${random.int(1, 80) * 5} mg`,
      date: names.date,
    },
    speakers: [
      ['Doctor', 'Patient'],
      ['Doctor', '{patient}'],
      ['Nurse', '{patient}'],
      ['D', 'P'],
    ],
    turns: [
      ask(
        'Good morning, {patient}. What brings you here?',
        'Hello, {patient}. What is wrong?',
        'Please sit down, {patient}. How can I help?',
      ),
      reply('I have a {problem}.', 'It is my {problem} again.', 'I came because of a {problem}.'),
      ask('How long have you had it?', 'Since when?', 'For how many days?'),
      reply('For {days} days now.', 'It began {days} days ago.', 'About {days} days.'),
      smallTalk(
        ask('Do you smoke?', 'Do you sleep well?', 'Have you had this before?'),
        reply('No, I do not.', 'Not really.', 'Yes, sometimes.'),
      ),
      ask(
        'Take {dose} of {drug} every day.',
        'I will give you {drug}, {dose} a day.',
        'You should take {drug}. The dose is {dose}.',
      ),
      smallTalk(reply('All right.', 'I will do that.', 'Thank you.')),
      ask('Come back on {date}.', 'I want to see you again on {date}.', 'Your next visit is on {date}.'),
      smallTalk(reply('Thank you, goodbye.', 'I will be here.')),
    ],
    recap: [
      ['{patient} has had a {problem} for {days} days.', '{patient} came with a {problem} that began {days} days ago.'],
      [
        'The doctor gave {dose} of {drug}.',
        'Treatment: {drug}, {dose} a day.',
        'The patient takes {drug}, {dose} a day.',
      ],
      ['Next visit on {date}.', 'The patient comes back on {date}.'],
    ],
  },
  {
    slots: {
      customer: names.personName,
      order: names.code,
      goods: GOODS,
      fault: oneOf('broken', 'scratched', 'too small', 'the wrong colour', 'incomplete', 'wet'),
      date: names.date,
      firm: names.companyName,
    },
    speakers: [
      ['Customer', 'Support'],
      ['{customer}', 'Agent'],
      ['Caller', 'Desk'],
    ],
    turns: [
      smallTalk(reply('Welcome to {firm}. How can I help?', '{firm}, good day.')),
      ask(
        'Hello, my name is {customer}. It is about order {order}.',
        'This is {customer}. I am calling about order {order}.',
        'I am {customer} and I have a question on order {order}.',
      ),
      reply('What is the matter with it?', 'What went wrong?', 'How can I help you?'),
      ask('The {goods} is {fault}.', 'I got the {goods}, but it is {fault}.', 'The {goods} in it is {fault}.'),
      smallTalk(
        reply('Did you try it out?', 'I am sorry to hear that.', 'That should not happen.'),
        ask('Yes, of course.', 'What can you do?', 'I need it soon.'),
      ),
      reply(
        'We will send a new one by {date}.',
        'A new one will reach you by {date}.',
        'You will have another {goods} by {date}.',
      ),
      smallTalk(ask('Thank you.', 'That is kind.', 'Very good.')),
    ],
    recap: [
      ['{customer} called about order {order}.', '{customer} had a complaint about order {order}.'],
      ['The {goods} is {fault}.', 'The {goods} was {fault}.'],
      ['A new one will be sent by {date}.', 'Support sends another by {date}.'],
    ],
  },
  {
    slots: {
      chair: names.firstName,
      member: names.firstName,
      third: names.firstName,
      project: (random) => names.properName(random, random.pick(['project', 'plan', 'report', 'campaign'])),
      date: names.date,
      budget: names.amount,
      place: names.placeName,
    },
    speakers: [['{chair}', '{member}']],
    turns: [
      ask(
        'Let us talk about the {project}.',
        'Our first point is the {project}.',
        'Where do we stand with the {project}?',
      ),
      reply('It will be ready on {date}.', 'We need until {date}.', 'I can finish it by {date}.'),
      ask('And what will it cost?', 'How much money do you need?', 'What about the budget?'),
      reply('We need {budget}.', 'It comes to {budget}.', 'About {budget}.'),
      smallTalk(
        ask('That is more than last time.', 'That is fine.', 'I see.'),
        reply('Prices went up.', 'It was hard to plan.', 'Yes.'),
      ),
      ask('Who will go to {place}?', 'Somebody has to travel to {place}.', 'We need someone in {place}.'),
      reply('{third} will go.', '{third} can do that.', 'I have asked {third}.'),
      smallTalk(ask('Good, then we are done.', 'Thank you all.')),
    ],
    recap: [
      ['The {project} will be ready on {date}.', '{member} will finish the {project} by {date}.'],
      ['It costs {budget}.', 'The budget is {budget}.'],
      ['{third} travels to {place}.', '{third} will go to {place}.'],
    ],
  },
  {
    slots: {
      guest: names.personName,
      hotel: (random) => names.properName(random, 'Hotel'),
      nights: number(2, 14),
      date: names.date,
      price: names.amount,
      room: number(2, 900),
    },
    speakers: [
      ['Guest', 'Hotel'],
      ['{guest}', 'Desk'],
      ['Guest', 'Reception'],
    ],
    turns: [
      reply('This is the {hotel}.', 'The {hotel}, good evening.', 'Welcome to the {hotel}.'),
      ask(
        'I need a room from {date}.',
        'Do you have a room from {date} on?',
        'I would like a room. I arrive on {date}.',
      ),
      reply('For how many nights?', 'How long will you stay?', 'How many nights?'),
      ask('For {nights} nights.', '{nights} nights.', 'I will stay {nights} nights.'),
      reply('That is {price} a night.', 'One night costs {price}.', 'We ask {price} for a night.'),
      smallTalk(
        ask('Is breakfast included?', 'Is there a garden?', 'That is fair.'),
        reply('Yes, it is.', 'Of course.', 'I am afraid not.'),
      ),
      reply('What is your name, please?', 'Under which name?'),
      ask('{guest}.', 'My name is {guest}.', 'Please write {guest}.'),
      reply('You have room {room}.', 'Your room is number {room}.', 'We will keep room {room} for you.'),
    ],
    recap: [
      ['{guest} booked room {room} at the {hotel}.', '{guest} will stay in room {room} of the {hotel}.'],
      ['{nights} nights from {date}.', 'The stay begins on {date} and lasts {nights} nights.'],
      ['Price: {price} a night.', 'A night costs {price}.'],
    ],
  },
  {
    slots: {
      pupil: names.personName,
      teacher: names.personName,
      subject: oneOf('biology', 'history', 'music', 'algebra', 'physics', 'drawing', 'chemistry', 'French'),
      mark: number(20, 100),
      date: names.date,
      chapter: number(2, 30),
    },
    speakers: [
      ['Teacher', 'Parent'],
      ['{teacher}', 'Mother'],
      ['{teacher}', 'Father'],
    ],
    turns: [
      ask(
        'I am {teacher} and I teach {subject}.',
        'Good day, {teacher} here. I teach {subject}.',
        'My name is {teacher}. {pupil} is in my {subject} class.',
      ),
      reply('How is {pupil} doing?', 'Is {pupil} working well?', 'Please tell me about {pupil}.'),
      ask(
        '{pupil} had {mark} points in the last test.',
        'The last test of {pupil} was {mark} points.',
        'In the last test {pupil} got {mark} points.',
      ),
      smallTalk(reply('That is not bad.', 'I had hoped for more.', 'I am glad.')),
      reply('What should we practise?', 'What comes next?', 'How can we help?'),
      ask('Please read chapter {chapter}.', 'Chapter {chapter} is the hard one.', 'Look at chapter {chapter} again.'),
      reply('And when is the next test?', 'When is the next one?'),
      ask('On {date}.', 'It is on {date}.', 'We write it on {date}.'),
      smallTalk(reply('Thank you very much.', 'We will practise.')),
    ],
    recap: [
      ['{teacher} spoke about {pupil} in {subject}.', '{pupil} is in the {subject} class of {teacher}.'],
      ['{pupil} had {mark} points in the last test.', 'The last test was {mark} points.'],
      ['Chapter {chapter} has to be read by {date}.', 'The next test is on {date}; practise chapter {chapter}.'],
    ],
  },
  {
    slots: {
      seller: names.firstName,
      buyer: names.firstName,
      goods: GOODS,
      first: (random) => String(random.int(50, 99)),
      last: (random) => String(random.int(10, 49)),
      place: names.placeName,
      day: (random) => random.pick(names.WEEKDAYS),
      time: names.clock,
    },
    speakers: [['{buyer}', '{seller}']],
    turns: [
      ask(
        'Is the {goods} still for sale?',
        'Hi {seller}, do you still have the {goods}?',
        'I saw your {goods}. Is it still there?',
      ),
      reply('Yes, it is. I want {first} euros.', 'Yes. It costs {first} euros.', 'It is. The price is {first} euros.'),
      ask('That is too much. I can pay {last} euros.', 'Would you take {last} euros?', 'How about {last} euros?'),
      reply('All right.', 'Fine, {last} euros then.', 'Agreed.'),
      ask('Where can I get it?', 'Where shall we meet?', 'Where are you?'),
      reply('In {place}, on {day}.', 'Come to {place} on {day}.', 'I am in {place}. Does {day} suit you?'),
      ask('Yes, at {time}.', 'I will be there at {time}.', 'Then at {time}.'),
      smallTalk(reply('See you then.', 'Good.', 'Until then.')),
    ],
    recap: [
      [
        '{buyer} buys the {goods} of {seller} for {last} euros.',
        '{seller} sells {buyer} the {goods} for {last} euros.',
      ],
      ['They meet in {place} on {day} at {time}.', 'They will meet on {day} at {time} in {place}.'],
    ],
  },
  {
    slots: {
      user: names.personName,
      system: names.companyName,
      version: (random) => `${random.int(1, 12)}.${random.int(0, 9)}`,
      error: names.code,
      step: oneOf(
        'restarting it',
        'clearing the cache',
        'a new password',
        'an update',
        'a new cable',
        'turning it off',
      ),
      ticket: number(100, 99999),
    },
    speakers: [
      ['User', 'Helpdesk'],
      ['{user}', 'Technician'],
      ['Caller', 'IT'],
    ],
    turns: [
      reply('Helpdesk, who is calling?', 'Good day. Your name, please?'),
      ask(
        '{user}. I cannot open {system}.',
        'This is {user}. {system} does not start.',
        '{user} here, and {system} keeps stopping.',
      ),
      reply('Which version is it?', 'What version do you have?'),
      ask('Version {version}.', 'It is version {version}.', 'I think {version}.'),
      smallTalk(reply('What do you see?', 'Is there a message?')),
      ask('It shows error {error}.', 'The screen says error {error}.', 'There is error {error}.'),
      reply('Try {step}.', 'Have you tried {step}?', 'Then {step} should help.'),
      smallTalk(ask('I will try.', 'That did not help.', 'It works now.')),
      reply('I opened ticket {ticket}.', 'Your ticket is number {ticket}.', 'Please keep the ticket number {ticket}.'),
    ],
    recap: [
      ['{user} cannot open {system} {version}.', '{user} has trouble with {system}, version {version}.'],
      ['It shows error {error}.', 'The error is {error}.'],
      ['Advice: {step}.', 'The helpdesk advised {step}.'],
      ['Ticket {ticket}.', 'The ticket is {ticket}.'],
    ],
  },
  {
    slots: {
      host: names.firstName,
      guest: names.firstName,
      event: oneOf('birthday', 'wedding', 'dinner', 'picnic', 'concert', 'film night'),
      place: names.placeName,
      day: (random) => random.pick(names.WEEKDAYS),
      time: names.clock,
      gift: oneOf('a cake', 'flowers', 'wine', 'a book', 'bread', 'a game', 'some fruit'),
    },
    speakers: [['{host}', '{guest}']],
    turns: [
      ask(
        'Will you come to my {event}?',
        'I would like to invite you to a {event}.',
        'There is a {event} soon. Can you come?',
      ),
      reply('Gladly. When is it?', 'Of course. When?', 'I would love to. On which day?'),
      ask('On {day} at {time}.', '{day}, {time}.', 'It starts on {day} at {time}.'),
      reply('And where?', 'Where is it?', 'Where do I have to go?'),
      ask('In {place}.', 'We meet in {place}.', 'It is in {place}.'),
      reply('I will bring {gift}.', 'Then I will bring {gift}.', 'Shall I bring {gift}? I think I will.'),
      smallTalk(ask('That is nice of you.', 'Great, see you there.')),
    ],
    recap: [
      ['{host} invites {guest} to a {event} in {place}.', '{guest} will come to the {event} of {host} in {place}.'],
      ['It starts on {day} at {time}.', 'It is on {day} at {time}.'],
      ['{guest} brings {gift}.', '{guest} will bring {gift}.'],
    ],
  },
];
