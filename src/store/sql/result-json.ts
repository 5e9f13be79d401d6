/**
 * An SQL expression that writes one row of a result as JSON text:
 * `{"@odata.etag":"W/\\"1204\\"","name":"Litware","c.fullname":"Jim"}`, of groups `{"total@…FormattedValue":"$1.00","total":1.000000000}`.
 * What is null is left out. Annotations stand directly before what they annotate.
 * A property's name may be a client's alias: it is bound, escaped as JSON has it.
 */
import { isPrincipal } from '../../schema/principal.ts'
import type { ReadResults, ResultColumn } from '../../plan/results-plan.ts'
import { ASSOCIATED_NAVIGATION_PROPERTY, ATTRIBUTE_NAME, FORMATTED_VALUE, LOOKUP_LOGICAL_NAME } from '../../protocol/names.ts'
import { VERSION_COLUMN } from './define-table.ts'
import { columnOf } from './folded.ts'
import { bound, concat, escaped, type Piece } from './json-text.ts'
import type { ReadScope } from './read-scope.ts'
import type { ValueSql } from './result-values.ts'
import { type Sql, sql } from './sql.ts'

type Shown = Pick<ReadResults, 'table' | 'form' | 'columns' | 'annotations'>

/** `values` are those of the columns, `alias` stands for the row of the queried table. */
export function resultJson(plan: Shown, values: readonly ValueSql[], alias: string, { dialect }: ReadScope): Sql {
  const members = plan.columns.flatMap((column, index) => memberPieces(plan, column, values[index] as ValueSql))
  if (plan.form !== 'rows') return concat(['{', sql`substr(${concat(members, dialect)}, 2)`, '}'], dialect)
  return concat(['{"@odata.etag":"W/\\"', columnOf(alias, VERSION_COLUMN), '\\""', ...members, ...ownId(plan, alias), '}'], dialect)
}

/** Each begins with its comma. */
function memberPieces({ annotations }: Shown, { name, isAlias }: ResultColumn, value: ValueSql): Piece[] {
  const pieces: Piece[] = []
  const add = (isWanted: boolean, annotation: string, json: Sql | undefined) => {
    if (isWanted && json) pieces.push(member(`${name}@${annotation}`, json))
  }
  if (isAlias && annotations.attributeName && value.attribute !== undefined) pieces.push(attributeName(name, value.attribute, value.json))
  add(annotations.formattedValues, FORMATTED_VALUE, value.formatted)
  add(annotations.associatedNavigation, ASSOCIATED_NAVIGATION_PROPERTY, value.navigation)
  add(annotations.lookupTable, LOOKUP_LOGICAL_NAME, value.target)
  pieces.push(member(name, value.json))
  return pieces
}

/** `||` gives null where the value is null, and `concat` around it leaves that out. */
function member(name: string, json: Sql): Sql {
  return sql`(${bound(`,"${escaped(name)}":`)} || ${json})`
}

function attributeName(name: string, attribute: string, json: Sql): Sql {
  return sql`case when ${json} is not null then ${bound(`,"${escaped(`${name}@${ATTRIBUTE_NAME}`)}":"${escaped(attribute)}"`)} end`
}

/** The key of a principal is `ownerid`: its rows always carry it (see `row-json.ts`). */
function ownId({ table, columns }: Shown, alias: string): Piece[] {
  if (!isPrincipal(table) || columns.some(({ name }) => name === 'ownerid')) return []
  return [',"ownerid":"', columnOf(alias, table.primaryIdColumn), '"']
}
