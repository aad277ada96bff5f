import type { Expression, Expressions } from './expression.ts';
import { type PatternNode, parsePattern, UnsupportedPattern } from './pattern-syntax.ts';

/** Where the pattern is looked at: at the start of the text, behind it, or either. */
type Position = 'start' | 'inside' | 'unsure';

/**
 * The texts in which a pattern is found, as JSON Schema's `pattern` has it. Throws UnsupportedPattern for what has no
 * automaton, or none that is simple.
 */
export function patternExpression(pattern: string, expressions: Expressions): Expression {
  const node = parsePattern(pattern);
  const { anything } = expressions;
  const atStart = followed(node, anything, 'start', expressions);
  const inside = followed(node, anything, 'inside', expressions);
  const later = expressions.concat(expressions.repeat(expressions.every, 1, Number.POSITIVE_INFINITY), inside);
  return expressions.either(atStart, later);
}

/** A node and then the rest. What looks at its neighbourhood has it in `rest` and `position`. */
function followed(node: PatternNode, rest: Expression, position: Position, expressions: Expressions): Expression {
  switch (node.kind) {
    case 'set':
      return expressions.concat(expressions.set(node.ranges), rest);
    case 'sequence': {
      const positions: Position[] = [];
      for (let at = position, i = 0; i < node.of.length; i++) {
        positions.push(at);
        at = behind(node.of[i] as PatternNode, at);
      }
      return node.of.reduceRight((then, part, i) => followed(part, then, positions[i] as Position, expressions), rest);
    }
    case 'either':
      return expressions.either(...node.of.map((part) => followed(part, rest, position, expressions)));
    case 'repeat':
      if (node.most === 1) {
        const once = followed(node.of, rest, position, expressions);
        return node.fewest === 0 ? expressions.either(once, rest) : once;
      }
      if (looksAround(node.of)) throw new UnsupportedPattern();
      return expressions.concat(
        expressions.repeat(followed(node.of, expressions.empty, 'inside', expressions), node.fewest, node.most),
        rest,
      );
    case 'start':
      if (position === 'unsure') throw new UnsupportedPattern();
      return position === 'start' ? rest : expressions.none;
    case 'end':
      return expressions.both(expressions.empty, rest);
    case 'ahead': {
      const ahead = followed(node.of, expressions.anything, position, expressions);
      return expressions.both(node.negative ? expressions.not(ahead) : ahead, rest);
    }
    default:
      return node satisfies never;
  }
}

function behind(node: PatternNode, position: Position): Position {
  if (position === 'inside') return 'inside';
  const { fewest, most } = width(node);
  if (most === 0) return position;
  return fewest > 0 ? 'inside' : 'unsure';
}

/** How many code points a node takes; `most` is only told apart from none. */
function width(node: PatternNode): { readonly fewest: number; readonly most: number } {
  switch (node.kind) {
    case 'set':
      return { fewest: 1, most: 1 };
    case 'start':
    case 'end':
    case 'ahead':
      return { fewest: 0, most: 0 };
    case 'sequence': {
      const widths = node.of.map(width);
      return {
        fewest: Math.max(0, ...widths.map(({ fewest }) => fewest)),
        most: Math.max(0, ...widths.map(({ most }) => most)),
      };
    }
    case 'either': {
      const widths = node.of.map(width);
      return {
        fewest: Math.min(...widths.map(({ fewest }) => fewest)),
        most: Math.max(...widths.map(({ most }) => most)),
      };
    }
    case 'repeat': {
      const { fewest, most } = width(node.of);
      return { fewest: node.fewest > 0 ? fewest : 0, most: node.most > 0 ? most : 0 };
    }
    default:
      return node satisfies never;
  }
}

function looksAround(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'start':
    case 'end':
    case 'ahead':
      return true;
    case 'sequence':
    case 'either':
      return node.of.some(looksAround);
    case 'repeat':
      return looksAround(node.of);
    default:
      return node satisfies never;
  }
}
