import { expect, test } from 'vitest';
import { usualMeasure } from './usual-measure.ts';

const of = (targets: readonly string[]) => usualMeasure(targets.map((target) => ({ target })));
const rows = <Row>(row: (place: number) => Row) => Array.from({ length: 40 }, (_, place) => row(place));

// Regression: a letter was right only if it was the target, word for word.
test('letters are compared by what they share with the target', () => {
  const letter = (n: number) =>
    `Dear customer ${n}, thank you for writing. Your parcel has left our house today. Kind regards`;
  expect(of(rows(letter))).toEqual({ measure: 'rougeL', kind: 'free' });
  const korean = (n: number) =>
    `고객 ${n}님, 문의해 주셔서 감사합니다. 주문하신 상품은 오늘 발송되었으며 내일 도착할 예정입니다.`;
  expect(of(rows(korean))).toEqual({ measure: 'rougeL', kind: 'free' });
  const chinese = (n: number) => `尊敬的客户${n}，感谢您的来信，您的包裹今天已经寄出，预计明天送达。`;
  expect(of(rows(chinese))).toEqual({ measure: 'rougeL', kind: 'free' });
});

test('labels, short answers and structured texts are compared exactly', () => {
  expect(of(rows((n) => (n % 2 ? 'complaint' : 'order')))).toEqual({ measure: 'exactMatch', kind: 'few' });
  const canned = (n: number) => `This is answer ${n % 4} of the four that our support gives to everybody who asks it.`;
  expect(of(rows(canned))).toEqual({ measure: 'exactMatch', kind: 'few' });
  expect(of(rows((n) => `in the year ${1900 + n}`))).toEqual({ measure: 'exactMatch', kind: 'short' });
  expect(of(rows((n) => `东京第${n}大学`))).toEqual({ measure: 'exactMatch', kind: 'short' });
  const order = (n: number) =>
    JSON.stringify({ name: `Ada ${n}`, street: 'Long Way 5', town: 'Bern', items: [1, 2, n, 4] });
  expect(of(rows(order))).toEqual({ measure: 'jsonMatch', kind: 'structured' });
  const intent = (n: number) => `\`\`\`json\n{"intent": "${n % 2 ? 'complaint' : 'order'}"}\n\`\`\``;
  expect(of(rows(intent))).toEqual({ measure: 'jsonMatch', kind: 'structured' });
  // Ratings are labels, prices are not.
  expect(of(rows((n) => `${n % 5}`))).toEqual({ measure: 'exactMatch', kind: 'few' });
  const numbers = { measure: 'numberMatch', kind: 'numbers' };
  expect(of(rows((n) => `${17 * n}.5`))).toEqual(numbers);
  expect(of(rows((n) => (n < 4 ? 'unknown' : `$ ${n},000`)))).toEqual(numbers);
  expect(of(rows((n) => (n < 5 ? `none ${'x'.repeat(n)}` : `${n}`)))).toEqual({ measure: 'exactMatch', kind: 'short' });
  // Python prints no JSON.
  expect(of(rows((n) => `{'n': ${n}}`))).toEqual({ measure: 'exactMatch', kind: 'short' });
  expect(of([])).toEqual({ measure: 'exactMatch', kind: 'few' });
});

// Regression: “late, damaged” was another answer than “damaged, late”, and some of both were the only ones allowed.
test('lists of labels are compared label by label', () => {
  const lists = { measure: 'labelsMatch', kind: 'lists' };
  const tags = ['late', 'damaged', 'refund', 'wrong item', 'praise'];
  const some = (n: number) => tags.filter((_, place) => (n * 7) % (place + 2) < 2);
  for (const between of [', ', ';', ' | ', '\n', '、', '，', '/'])
    expect(of(rows((n) => some(n).join(between) || 'none'))).toEqual(lists);
  // Regression: those that social networks and Korean shops write, and lists as people write them, were short texts.
  const hashtags = (n: number) => some(n).map((tag) => `#${tag.replace(' ', '_')}`);
  for (const between of [' ', '  ', '', ', '])
    expect(of(rows((n) => hashtags(n).join(between) || 'none'))).toEqual(lists);
  for (const last of [' and ', ', and ', ' & ', ' und ', ' + ', ' 및 ', '·']) {
    const written = (n: number) => {
      const [first = 'none', ...others] = some(n).toReversed();
      return others.length === 0 ? first : `${others.join(', ')}${last}${first}`;
    };
    expect(of(rows(written))).toEqual(lists);
  }
  const korean = ['배송', '파손', '환불', '배송과 파손', '환불, 배송과 파손', '파손과 환불'];
  expect(of(rows((n) => korean[n % 6] as string))).toEqual(lists);
  const words = ['late', 'damaged', 'refund', 'late damaged', 'refund late damaged', 'damaged late'];
  expect(of(rows((n) => words[n % 6] as string))).toEqual(lists);
  // With few labels there are few lists.
  expect(of(rows((n) => ['a', 'b', 'b; a'][n % 3] as string))).toEqual(lists);
  // As Python writes them, “['a'” and “'a'” were two labels, and so on.
  expect(of(rows((n) => ["['a']", "['b']", "['b', 'a']", "['a', 'b']"][n % 4] as string)).kind).not.toBe('lists');
  // A list of which every second row has a sentence is none.
  expect(of(rows((n) => (n % 2 ? 'late, damaged' : `Nothing, ${n} is fine`))).kind).not.toBe('lists');
});

test('what has such a sign in it is no list of labels', () => {
  const kindOf = (target: (place: number) => string) => of(rows(target)).kind;
  expect(kindOf((n) => (n % 2 ? 'Yes, please' : 'No, thanks'))).toBe('few');
  expect(kindOf((n) => ['n/a', 'good', 'bad'][n % 3] as string)).toBe('few');
  const whole = [
    ['Home & Garden', 'Toys & Games', 'Health & Beauty', 'Books', 'Garden & Outdoor', 'Home & Kitchen'],
    ['very good', 'good', 'bad', 'very bad', 'neither good nor bad'],
    ['north', 'east', 'north east', 'south', 'west', 'south west', 'north west', 'south east'],
    ['research and development', 'sales', 'sales and marketing', 'people and culture'],
    ['A', 'A+', 'B', 'B+', 'C', 'C+'],
    ['Ranked #1', 'Ranked #2', 'C#', 'C# #1', 'F#'],
    ['dark blue', 'blue', 'light blue', 'red', 'dark red', 'light red'],
  ];
  for (const labels of whole) expect(kindOf((n) => labels[n % labels.length] as string)).toBe('few');
  // Fractions and paths mean something else in another order.
  expect(kindOf((n) => ['1/2', '1/3', '2/3', '1/4', '3/4', '1', '2', '0'][n % 8] as string)).not.toBe('lists');
  expect(kindOf((n) => ['home/products', 'products/home', 'home', 'products'][n % 4] as string)).toBe('few');
  // Two parts each, as a name or a town and its state.
  expect(kindOf((n) => `${['Lee', 'Kim', 'Park'][n % 3]}, ${['Ann', 'Bo', 'Cy', 'Di', 'Ed'][n % 5]}`)).not.toBe(
    'lists',
  );
  expect(kindOf((n) => `${1 + (n % 5)},${n % 3}00`)).toBe('numbers');
  // The steps of a way have an order, and come twice.
  expect(kindOf((n) => ['left', 'right', 'left', 'straight', 'right'].slice(n % 3, 3 + (n % 3)).join(', '))).not.toBe(
    'lists',
  );
  expect(kindOf((n) => `eggs ${n}, milk ${n + 1}${n % 2 ? '' : `, flour ${n}`}`)).not.toBe('lists');
});
