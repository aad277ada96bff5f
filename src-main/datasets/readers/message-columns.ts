import { foldColumnName } from '../importing/column-names.ts';

/** Which columns of a table of messages say what. */
export interface MessageColumns {
  readonly sender: number;
  readonly message: number;
  /** Stands for a sender without a name. */
  readonly senderId?: number;
  /** Says that a message without a sender is by whoever saved the chat. */
  readonly direction?: number;
  /** Tells conversations apart. */
  readonly conversation?: number;
  /** Tells chats apart that go on for years, each with many conversations. */
  readonly room?: number;
  readonly time?: number;
}

/** By their names; undefined without a sender or a message. */
export function messageColumns(columns: readonly string[]): MessageColumns | undefined {
  const folded = columns.map(foldColumnName);
  const placeOf = (wanted: readonly string[]) => wanted.map((name) => folded.indexOf(name)).find((place) => place >= 0);
  const [sender, message] = [placeOf(names.sender), placeOf(names.message)];
  if (sender === undefined || message === undefined) return undefined;
  const others = (['senderId', 'direction', 'conversation', 'room', 'time'] as const).flatMap((kind) => {
    const place = placeOf(names[kind]);
    return place === undefined || place === sender || place === message ? [] : [[kind, place] as const];
  });
  return { sender, message, ...Object.fromEntries(others) };
}

/** Of the column by which a reader of exported chats tells them apart; iMazing calls it so too. */
export const roomColumn = 'chat session';

const names = {
  sender: [
    ...['sender', 'sendername', 'from', 'fromname', 'author', 'authorname', 'speaker', 'role', 'user', 'username'],
    ...['sentby', 'participant', 'who', 'agentorcustomer', 'name', 'nickname'],
    ...['보낸사람', '보낸이', '발신자', '발신인', '작성자', '화자', '발화자', '사용자', '닉네임', '이름', '역할'],
    ...['absender', 'sprecher', 'verfasser', 'rolle', 'von'],
  ],
  message: [
    ...['message', 'messagetext', 'text', 'content', 'body', 'utterance', 'msg', 'line', 'messagebody'],
    ...['메시지', '내용', '메시지내용', '대화내용', '발화', '발화문', '본문', '텍스트'],
    ...['nachricht', 'inhalt', 'äußerung'],
  ],
  senderId: ['senderid'],
  direction: ['direction', 'type'],
  conversation: [
    ...['conversation', 'conversationid', 'convid', 'chat', 'chatid', 'thread', 'threadid', 'session', 'sessionid'],
    ...['dialog', 'dialogue', 'dialogid', 'dialogueid', 'ticket', 'ticketid', 'ticketnumber', 'case', 'caseid', 'room'],
    ...['roomid', 'channel', 'channelid', 'groupid', 'callid', 'interactionid'],
    ...['대화', '대화id', '대화번호', '상담', '상담id', '상담번호', '세션', '세션id', '채팅방', '방', '문의번호'],
    ...['티켓', 'gespräch', 'gesprächsid', 'unterhaltung', 'vorgang', 'ticketnummer'],
  ],
  room: [foldColumnName(roomColumn)],
  time: [
    ...['time', 'timestamp', 'date', 'datetime', 'createdat', 'sentat', 'sent', 'senttime', 'sentdate', 'ts'],
    // Those of Messenger and Instagram, which have the newest message first.
    ...['messagedate', 'messagetime', 'timestampms', 'createddate', 'datecreated', 'createdtime', 'datesent'],
    ...['시간', '날짜', '일시', '시각', '보낸시간', '작성시간', '작성일시', '전송시간', '발송시간', '등록일시'],
    ...['datum', 'zeit', 'uhrzeit', 'zeitpunkt', 'gesendetam'],
  ],
} as const;
