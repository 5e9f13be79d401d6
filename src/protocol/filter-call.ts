/**
 * The conditions of `$filter` that look like calls: `contains(name,'x')`, lambdas (`Account_Tasks/any(t:t/statecode eq 0)`), and query
 * functions (`Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=["a","b"])`, which may stand behind a path or a range variable).
 */
import { fail } from './errors.ts'
import { excerpt } from './excerpt.ts'
import type { Filter, TextMatch } from './filter.ts'
import { readArgument, readOperand, rowPath } from './filter-operand.ts'
import { advance, expect, nested, type Reader, syntaxError, unexpected } from './filter-reader.ts'
import { type Token, tokenAt, variableAt } from './filter-tokens.ts'
import { isIdentifier } from './identifier.ts'
import type { KeyPart } from './key-predicate.ts'
import { typeNameOf } from './names.ts'

type ReadCondition = (reader: Reader) => Filter

/** 10: no function of a filter has more than three. */
const MAX_PARAMETERS = 10

/** Undefined where the word before the parenthesis is none of these: nothing is read then. `readCondition` reads what stands in a lambda. */
export function readCall(reader: Reader, readCondition: ReadCondition): Filter | undefined {
  const { token } = reader
  const names = token.text.split('/')
  const last = names.pop() ?? ''
  const name = typeNameOf(last)
  if (name !== undefined) return readQueryFunction(reader, token, names, name)
  if ((last === 'any' || last === 'all') && names.length > 0) return readLambda(reader, token, names, last, readCondition)
  if (names.length === 0 && (last === 'contains' || last === 'startswith' || last === 'endswith')) return readTextMatch(reader, last)
  return undefined
}

function readTextMatch(reader: Reader, op: TextMatch): Filter {
  advance(reader)
  expect(reader, '(')
  const left = readOperand(reader)
  if (left.kind !== 'path') throw fail('NotSupported', `The function '${op}' with a first argument that is not a column`)
  expect(reader, ',')
  const right = readOperand(reader)
  expect(reader, ')')
  return { op, left, right }
}

function readLambda(reader: Reader, token: Token, names: readonly string[], op: 'any' | 'all', readCondition: ReadCondition): Filter {
  const rows = rowPath(reader, names, token)
  advance(reader)
  expect(reader, '(')
  if (op === 'any' && reader.token.kind === ')') {
    advance(reader)
    return { op, rows, condition: undefined }
  }
  const variable = readVariable(reader)
  reader.variables.push(variable)
  const filter = nested(reader, readCondition)
  reader.variables.pop()
  expect(reader, ')')
  return { op, rows, condition: { variable, filter } }
}

function readVariable(reader: Reader): string {
  const variable = variableAt(reader.text, reader.token.at)
  if (!variable || !isIdentifier(variable.name)) throw syntaxError(reader, reader.token)
  if (reader.variables.includes(variable.name)) throw fail('BadRequest', `The range variable '${excerpt(variable.name)}' has already been declared.`)
  reader.token = tokenAt(reader.text, variable.end)
  return variable.name
}

function readQueryFunction(reader: Reader, token: Token, names: readonly string[], name: string): Filter {
  const row = rowPath(reader, names, token)
  if (!isIdentifier(name)) throw syntaxError(reader, token)
  advance(reader)
  expect(reader, '(')
  const parameters: KeyPart[] = []
  while (reader.token.kind !== ')') {
    if (parameters.length > 0) expect(reader, ',')
    if (parameters.length === MAX_PARAMETERS) throw unexpected(reader)
    parameters.push(readParameter(reader))
  }
  advance(reader)
  return { op: 'query-function', row, name, parameters }
}

function readParameter(reader: Reader): KeyPart {
  const { token } = reader
  if (token.kind !== 'word' || !isIdentifier(token.text)) throw unexpected(reader)
  advance(reader)
  expect(reader, '=')
  return { name: token.text, value: readArgument(reader) }
}
