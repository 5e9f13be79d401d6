/**
 * What may happen to the referencing rows, action by action, and the rules between relationships of one table.
 * Source: «Configure table relationship cascading behavior» of the developer guide.
 */
import { fail } from '../protocol/errors.ts'
import type { Cascade, CascadeType, OneToMany } from './relationship.ts'

export const REFERENTIAL: Cascade = {
  assign: 'NoCascade',
  delete: 'RemoveLink',
  merge: 'NoCascade',
  reparent: 'NoCascade',
  share: 'NoCascade',
  unshare: 'NoCascade',
  rollupView: 'NoCascade',
  archive: 'NoCascade',
}
export const PARENTAL: Cascade = {
  ...REFERENTIAL,
  assign: 'Cascade',
  delete: 'Cascade',
  merge: 'Cascade',
  reparent: 'Cascade',
  share: 'Cascade',
  unshare: 'Cascade',
}

const INHERITING: readonly CascadeType[] = ['NoCascade', 'Cascade', 'Active', 'UserOwned']
const VALID: { readonly [K in keyof Cascade]: readonly CascadeType[] } = {
  assign: INHERITING,
  delete: ['Cascade', 'RemoveLink', 'Restrict'],
  merge: ['NoCascade', 'Cascade'],
  reparent: INHERITING,
  share: INHERITING,
  unshare: INHERITING,
  rollupView: INHERITING,
  archive: ['NoCascade', 'Cascade', 'RemoveLink', 'Restrict'],
}

/** `change` over `current`, refused where an action is given something it cannot do. */
export function editCascade(current: Cascade, change: Partial<Cascade>): Cascade {
  const next = { ...current }
  for (const action of Object.keys(VALID) as (keyof Cascade)[]) {
    const wanted = change[action]
    if (wanted === undefined || wanted === current[action]) continue
    const valid = VALID[action]
    if (!valid.includes(wanted)) throw fail('InvalidMetadata', `The cascade configuration ${action} cannot be ${wanted}: it is one of ${valid.join(', ')}.`)
    next[action] = wanted
  }
  return next
}

/** Access to the referenced row passes on to the referencing rows. */
export function isParental(cascade: Cascade): boolean {
  return [cascade.assign, cascade.reparent, cascade.share, cascade.unshare].some((type) => type !== 'NoCascade')
}

/** A row has one parent: the relationships of one lookup column (customer, regarding) count as one. */
export function checkOneParent(candidate: OneToMany, others: Iterable<OneToMany>): void {
  if (!isParental(candidate.cascade)) return
  for (const other of others) {
    if (other.referencingTable !== candidate.referencingTable || other.referencingColumn === candidate.referencingColumn || !isParental(other.cascade)) continue
    throw fail('InvalidMetadata', `The table ${candidate.referencingTable} has a parental relationship already: ${other.schemaName}.`)
  }
}

export function checkHierarchy(candidate: OneToMany, others: Iterable<OneToMany>): void {
  if (!candidate.isHierarchical) return
  if (candidate.referencedTable !== candidate.referencingTable) throw fail('InvalidMetadata', 'Only a relationship of a table with itself can be hierarchical.')
  for (const other of others) {
    if (other.referencingTable !== candidate.referencingTable || !other.isHierarchical || other.schemaName === candidate.schemaName) continue
    throw fail('InvalidMetadata', `The table ${candidate.referencingTable} has a hierarchical relationship already: ${other.schemaName}.`)
  }
}
