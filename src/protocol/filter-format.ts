/** The inverse of `parseFilter`, up to blanks and needless parentheses; not percent-encoded. */
import { unreachable } from '../base/assert.ts'
import type { Filter, Operand, PropertyPath } from './filter.ts'
import { formatValue } from './key-predicate.ts'
import { NAMESPACE } from './names.ts'

export function formatFilter(filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.terms.map((term) => (term.op === 'and' || term.op === 'or' ? `(${formatFilter(term)})` : formatFilter(term))).join(` ${filter.op} `)
    case 'not':
      return isCall(filter.term) ? `not ${formatFilter(filter.term)}` : `not (${formatFilter(filter.term)})`
    case 'in':
      return `${formatPath(filter.left)} in (${filter.values.map(formatValue).join(',')})`
    case 'contains':
    case 'startswith':
    case 'endswith':
      return `${filter.op}(${formatPath(filter.left)},${formatOperand(filter.right)})`
    case 'is-true':
      return formatPath(filter.left)
    case 'eq':
    case 'ne':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return `${formatOperand(filter.left)} ${filter.op} ${formatOperand(filter.right)}`
    case 'any':
    case 'all': {
      const { condition } = filter
      return `${formatPath(filter.rows)}/${filter.op}(${condition ? `${condition.variable}:${formatFilter(condition.filter)}` : ''})`
    }
    case 'query-function': {
      const parameters = filter.parameters.map(({ name, value }) => `${name}=${formatValue(value)}`)
      return `${[...segments(filter.row), `${NAMESPACE}.${filter.name}`].join('/')}(${parameters.join(',')})`
    }
    default:
      return unreachable(filter)
  }
}

function isCall({ op }: Filter): boolean {
  return op === 'contains' || op === 'startswith' || op === 'endswith' || op === 'any' || op === 'all' || op === 'query-function'
}

function formatOperand(operand: Operand): string {
  if (operand.kind === 'path') return formatPath(operand)
  return formatValue(operand.kind === 'alias' ? operand : operand.literal)
}

function formatPath(path: PropertyPath): string {
  return segments(path).join('/')
}

function segments({ from, path }: PropertyPath): readonly string[] {
  return from === undefined ? path : [from, ...path]
}
