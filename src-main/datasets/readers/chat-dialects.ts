/** How a messenger writes a chat as text. */
export interface ChatDialect {
  /** The code of the file reason that tells its evidence. */
  readonly reason: 'FORMAT_CHAT' | 'FORMAT_LINE';
  /** What comes between a name and its text, if a name may have it too. */
  readonly afterName?: ' ' | ': ';
  /** The day that a line tells for the messages below it. */
  dayOf(line: string): string | undefined;
  /** The first line of a message; without a sender, it is a notice. */
  messageOf(line: string, day: string): ChatMessage | undefined;
  /** The text of a message, without what the messenger has added; empty for what stands for a picture or a call. */
  textOf(text: string): string;
}

export interface ChatMessage {
  readonly time: string;
  readonly sender: string;
  readonly text: string;
}

/** How the chat is written that a text begins with; undefined if it is none. */
export function dialectOf(text: string): ChatDialect | undefined {
  const lines = text
    .split(/\r?\n/, 200)
    .slice(0, -1)
    .filter((line) => line.trim() !== '');
  const found = dialects.map((dialect) => {
    let [day, messages, days] = ['', 0, 0];
    for (const line of lines) {
      const next = dialect.dayOf(line);
      if (next !== undefined) days++;
      day = next ?? day;
      if (next === undefined && dialect.messageOf(line, day)?.sender) messages++;
    }
    return { dialect, messages, others: lines.length - days };
  });
  // Messages may have several lines, but not most of them.
  return found
    .filter(({ messages, others }) => messages >= 3 && messages * 3 >= others)
    .toSorted((a, b) => b.messages - a.messages)[0]?.dialect;
}

/** What a chat says of itself above its first day and message. */
export function headingOf(text: string, { dayOf, messageOf }: ChatDialect): string {
  const lines = text.slice(0, 2000).split(/\r?\n/);
  const first = lines.findIndex((line) => dayOf(line) !== undefined || messageOf(line, '') !== undefined);
  return lines.slice(0, Math.max(0, first)).join('\n');
}

const date = String.raw`(?:\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?|\d{4}년 \d{1,2}월 \d{1,2}일|\p{L}{3,12} \d{1,2}, \d{4}(?: at)?)`;
const clock = String.raw`(?:(?:오전|오후|午前|午後|上午|下午)[ \u202f]?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u00a0\u202f]?[AaPp]\.?[ \u00a0]?[Mm]\.?)?`;

const dated = [
  // WhatsApp on Android; on an iPhone, which signal-export writes too
  new RegExp(`^(${date},? ${clock}) [-–] (?:([^:]{1,80}): )?(.*)$`, 'u'),
  new RegExp(`^\\[(${date},? ${clock})\\] (?:([^:]{1,80}): )?(.*)$`, 'u'),
  // KakaoTalk on a phone
  new RegExp(`^(${date} ${clock})(?:, (.{1,80}?) : (.*))?$`, 'u'),
];
/** KakaoTalk on a computer */
const named = new RegExp(`^\\[(.{1,80}?)\\] \\[(${clock})\\] (.*)$`, 'u');

/** WhatsApp, KakaoTalk, signal-export. */
const messenger: ChatDialect = {
  reason: 'FORMAT_CHAT',
  afterName: ': ',
  dayOf: (line) => /^-{5,} (.*\d.*) -{5,}$/.exec(line)?.[1],
  messageOf(line, day) {
    const plain = withPlainStart(line);
    for (const pattern of dated) {
      const [, time, sender = '', text = ''] = pattern.exec(plain) ?? [];
      if (time !== undefined) return { time, sender: isNotice(sender) ? '' : sender.replace(/^[~\u00a0 ]+/, ''), text };
    }
    const [, sender, time, text = ''] = named.exec(plain) ?? [];
    return sender === undefined || time === undefined ? undefined : { time: `${day} ${time}`.trim(), sender, text };
  },
  textOf(text) {
    const own = text.replace(/ ?\u200e?<(?:This message was edited|편집된 메시지)>$/, '').trim();
    return own.startsWith('\u200e') || placeholder.test(own) ? '' : own;
  },
};

/** Marks of the direction of writing are around names and within dates; before a text, one tells what is no text. */
function withPlainStart(line: string): string {
  const text = line.indexOf(': ');
  const start = text < 0 ? line : line.slice(0, text);
  return start.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '') + line.slice(start.length);
}

/** The name of a group may have a colon: `Anna created group "Trip: Rome"`. */
function isNotice(sender: string): boolean {
  return (sender.split('"').length - 1) % 2 === 1 || /“[^”]*$|„[^“]*$/.test(sender);
}

/** What stands for a picture, a call or a message taken back. */
const placeholder =
  /^(?:<[^<>]{4,60}>|!?\[[^\]\n]*\]\([^)\n]*\)|.{0,80}\((?:file attached|파일 첨부됨|파일 첨부)\)|(?:This message was deleted|You deleted this message|Missed (?:voice|video) call)\.?|(?:사진|동영상|이모티콘|음성메시지|보이스톡|페이스톡|삭제된 메시지입니다\.?|사진 \d+장|Photo|Video|Emoticon|Photos? \d+))$/;

/** LINE's, always with the day of the week: `2024/01/15(Mon)`, `2024.01.15 月曜日`, `Mon, 01/15/2024`. */
const weekday = String.raw`[\p{L}\p{M}.]{1,20}`;
const lineDate = String.raw`(\d{1,4}[./]\d{1,2}[./]\d{1,4})`;
const lineDays = [
  new RegExp(`^\ufeff?${weekday}, ?${lineDate}$`, 'u'),
  new RegExp(`^\ufeff?${lineDate}\\.? ?(?:[(（]${weekday}[)）]|${weekday})$`, 'u'),
];

function lineDialect(gap: '\t' | ' ', isNoText: RegExp): ChatDialect {
  const message = new RegExp(`^(${clock})${gap}(?:([^${gap}]{1,80})${gap}(.*)|.*)$`, 'u');
  return {
    reason: 'FORMAT_LINE',
    ...(gap === ' ' && { afterName: gap }),
    dayOf: (line) => lineDays.map((pattern) => pattern.exec(line)?.[1]).find((day) => day !== undefined),
    messageOf(line, day) {
      const [, time, sender = '', text = ''] = day === '' ? [] : (message.exec(line) ?? []);
      return time === undefined ? undefined : { time: `${day} ${time}`, sender, text };
    },
    textOf(text) {
      // Texts of several lines are in quotes, but not in all versions.
      const own = text.trim();
      const isQuoted = own.startsWith('"') && own.endsWith('"') && own.includes('\n');
      const bare = isQuoted ? own.slice(1, -1).replaceAll('""', '"').trim() : own;
      return isNoText.test(bare) ? '' : bare;
    },
  };
}

const takenBack = String.raw`☎.*|.{0,60}(?:unsent a message\.?|Message unsent\.|メッセージの送信を取り消しました。?|已收回訊息|撤回了一条消息)`;

const dialects: readonly ChatDialect[] = [
  messenger,
  // LINE on a phone: `[Photo]`, `[写真]`, `[사진]`
  lineDialect('\t', new RegExp(String.raw`^(?:\[[^[\]\n]{1,20}\]|${takenBack})$`, 'u')),
  // LINE on a computer
  lineDialect(' ', new RegExp(`^(?:スタンプ|写真|動画|ファイル|音声|Stickers|Photos|Videos|Audio|${takenBack})$`, 'u')),
];
