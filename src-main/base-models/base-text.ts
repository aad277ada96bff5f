import type { ModelText } from './model-text.ts';

type Asked = Pick<
  ModelText,
  | 'layout'
  | 'promptIds'
  | 'conversationIds'
  | 'conversationWithin'
  | 'rawIds'
  | 'targetIds'
  | 'exampleIds'
  | 'promptIdsWithin'
  | 'lengths'
  | 'decode'
  | 'decodeBehind'
  | 'respelled'
>;
export type AskedName = keyof Asked;
export type AskedOf<Name extends AskedName> = Parameters<Asked[Name]>;
export type AnswerTo<Name extends AskedName> = ReturnType<Asked[Name]>;

/** What is known of a `ModelText` without asking it. */
export interface TextFacts {
  readonly template: { readonly source: string } | undefined;
  readonly endId: number;
  readonly stopIds: readonly number[];
}

/** What the studio asks of a `ModelText`, wherever that is. */
export type BaseText = TextFacts & {
  readonly [Name in AskedName]: (...given: AskedOf<Name>) => AnswerTo<Name> | Promise<AnswerTo<Name>>;
};
