/**
 * Names, numbers and dates to be copied. Half of the proper names are composed of syllables, so that most occur only
 * once and a model must copy them instead of knowing them.
 */
import type { Random } from './random.ts';

export function personName(random: Random): string {
  return `${firstName(random)} ${random.chance(0.4) ? random.pick(FAMILY_NAMES) : invented(random)}`;
}

export function firstName(random: Random): string {
  return random.chance(0.5) ? random.pick(FIRST_NAMES) : invented(random);
}

export function placeName(random: Random): string {
  if (random.chance(0.3)) return random.pick(PLACES);
  return random.chance(0.4)
    ? invented(random) + random.pick(['ton', 'ville', 'burg', 'stad', 'field'])
    : invented(random);
}

export function companyName(random: Random): string {
  const name = random.chance(0.25) ? random.pick(FAMILY_NAMES) : invented(random);
  return random.chance(0.5) ? `${name} ${random.pick(COMPANY_ENDINGS)}` : name;
}

/** "Silver Harbour", "Velkari Bridge": for venues, events, books, teams. */
export function properName(random: Random, noun: string): string {
  return `${random.chance(0.5) ? invented(random) : random.pick(PROPER_ADJECTIVES)} ${noun}`;
}

export function title(random: Random): string {
  return `The ${random.pick(PROPER_ADJECTIVES)} ${random.pick(TITLE_NOUNS)}`;
}

/** One capitalised word of two or three syllables. */
export function invented(random: Random): string {
  const length = random.pick([2, 2, 2, 3, 3]);
  let word = '';
  for (let syllable = 0; syllable < length; syllable++) word += random.pick(ONSETS) + random.pick(VOWELS);
  if (random.chance(0.5)) word += random.pick(CODAS);
  return (word[0] as string).toUpperCase() + word.slice(1);
}

/** "K-482", "BX17", "2093-T". */
export function code(random: Random): string {
  const letter = () => String.fromCharCode(random.int(65, 90));
  switch (random.int(0, 3)) {
    case 0:
      return `${letter()}-${random.int(100, 999)}`;
    case 1:
      return `${letter()}${letter()}${random.int(10, 99)}`;
    case 2:
      return `${random.int(1000, 9999)}-${letter()}`;
    default:
      return String(random.int(10000, 99999));
  }
}

export function date(random: Random): string {
  const day = random.int(1, 28);
  const month = random.pick(MONTHS);
  return random.pick([`${day} ${month}`, `${month} ${day}`, `${day} ${month} ${random.int(2010, 2035)}`]);
}

export function year(random: Random): string {
  return String(random.int(1850, 2025));
}

export function clock(random: Random): string {
  return `${random.int(6, 22)}:${random.pick(['00', '10', '15', '20', '30', '40', '45', '50'])}`;
}

export function amount(random: Random): string {
  return `${random.chance(0.7) ? random.int(3, 99) : random.int(1, 99) * 100} ${random.pick(['dollars', 'euros', 'pounds'])}`;
}

/** A number as text, uniform over the orders of magnitude from low to high. */
export function count(random: Random, low: number, high: number): string {
  const raw = Math.exp(Math.log(low) + random.next() * (Math.log(high) - Math.log(low)));
  return String(Math.round(raw));
}

const ONSETS = 'b br d dr f g gr h j k kl l m n p pr r s sh st t tr v w y z th'.split(' ');
const VOWELS = 'a a e e i i o o u ai ea or an'.split(' ');
const CODAS = 'n r l s m k t nd x sk'.split(' ');

export const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
export const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const FIRST_NAMES = (
  'Mina Paul Anna Lena Omar Sara Jonas Ruth Tom Emma Noah Lucy Peter Maria Ivan Clara Hugo Nina David Alice Kenji Yuna ' +
  'Leo Ella Max Iris Felix Rosa Adam Eva Simon Julia Marco Laura Ben Olga Daniel Hana Victor Amina Carlos Ingrid Ravi ' +
  'Priya Chen Mei Ahmed Layla Oscar Greta Samuel Naomi Diego Sofia Erik Astrid Pablo Elena George Helen Frank Martha'
).split(' ');
const FAMILY_NAMES = (
  'Park Kim Lee Torvald Schmidt Garcia Rossi Novak Brown Clark Evans Silva Tanaka Sato Meyer Fischer Jensen Larsen ' +
  'Dubois Moreau Kowalski Ivanov Petrov Singh Patel Khan Ali Costa Ferrari Lopez Cruz Young Wright Hill Green Baker ' +
  'Carter Turner Parker Cook Bell Ward Gray Stone Woods Fox West Lane Marsh Frost Reed Shaw Wells Grant Hart'
).split(' ');
const PLACES = (
  'Busan Paris Oslo Lima Cairo Delhi Rome Porto Quito Tunis Perth Leeds Malmo Ghent Turin Lyon Graz Bern Riga Vilnius ' +
  'Kyoto Osaka Incheon Daegu Hanoi Manila Accra Nairobi Lagos Dakar Boston Denver Austin Dallas Toronto Halifax'
).split(' ');
const COMPANY_ENDINGS =
  'Foods Motors Energy Software Textiles Airlines Bank Labs Tools Media Robotics Paper Design Glass'.split(' ');
const PROPER_ADJECTIVES = (
  'Silver Golden Northern Southern Quiet Old New Red Blue Green White Black Little Great Hidden Broken Long Royal ' +
  'Upper Lower Bright Lost Frozen Burning Distant Early Last First Second Secret'
).split(' ');
const TITLE_NOUNS = (
  'River Garden Letter Winter House Road Island Window Mountain Star Bridge Forest Summer Harbour Clock Mirror Song ' +
  'Storm Lantern Valley Door Map Tower Field Voice Ship'
).split(' ');
