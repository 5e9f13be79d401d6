/**
 * A short notation for the types that stand behind no table, and their CSDL:
 * `{ kind: 'complex', name: 'StringFormatName', properties: { 'Edm.String': 'Value' } }`. Properties are listed by type, names
 * separated by blanks; a type without `Edm.` is one of this schema.
 */
import { element } from './xml.ts'

/** type → names. */
export type Members = { readonly [type: string]: string }

export type EntityDeclaration = {
  readonly kind: 'entity'
  readonly name: string
  readonly base?: string
  readonly isAbstract?: boolean
  readonly key?: string
  /** A property that names one thing as well as its key does. */
  readonly alternateKey?: string
  readonly properties?: Members
  /** Navigation properties to what is part of the thing, and of no set. */
  readonly parts?: Members
  /** Navigation properties to things that stand by themselves. */
  readonly links?: Members
}

export type ComplexDeclaration = {
  readonly kind: 'complex'
  readonly name: string
  readonly base?: string
  readonly properties: Members
  /** Navigation properties to rows. */
  readonly links?: Members
}

/** Values count from zero where none are given. */
export type EnumDeclaration = {
  readonly kind: 'enum'
  readonly name: string
  readonly isFlags?: boolean
  readonly members: string | { readonly [name: string]: number }
}

export type TypeDeclaration = EntityDeclaration | ComplexDeclaration | EnumDeclaration

/** `Label` → `mscrm.Label`, `Collection(Label)` → `Collection(mscrm.Label)`, `Edm.Guid` as it is. */
export function qualified(type: string): string {
  const item = /^Collection\((.*)\)$/.exec(type)?.[1]
  if (item !== undefined) return `Collection(${qualified(item)})`
  return type.startsWith('Edm.') ? type : `mscrm.${type}`
}

/** `Unicode="false"` and `Scale="Variable"` are what Dataverse writes (webapi.md 1.2); lower-case `variable` is not read by older OData libraries. */
export function facetsOf(type: string): { readonly Unicode?: string; readonly Scale?: string } {
  if (type === 'Edm.String' || type === 'Collection(Edm.String)') return { Unicode: 'false' }
  return type === 'Edm.Decimal' ? { Scale: 'Variable' } : {}
}

export function entries(members: Members | undefined): (readonly [type: string, name: string])[] {
  return Object.entries(members ?? {}).flatMap(([type, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [type, name] as const),
  )
}

/** `annotate` adds to an entity type what the notation has no word for. */
export function typeElement(declaration: TypeDeclaration, annotate: (entity: EntityDeclaration) => readonly string[]): string {
  switch (declaration.kind) {
    case 'enum':
      return enumElement(declaration)
    case 'complex':
      return element('ComplexType', { Name: declaration.name, BaseType: declaration.base && qualified(declaration.base) }, [
        ...propertiesOf(declaration),
        ...linksOf(declaration),
      ])
    case 'entity':
      return entityElement(declaration, annotate(declaration))
  }
}

function entityElement(entity: EntityDeclaration, annotations: readonly string[]): string {
  const attributes = { Name: entity.name, BaseType: entity.base && qualified(entity.base), Abstract: entity.isAbstract ? 'true' : undefined }
  const parts = entries(entity.parts).map(([type, name]) => element('NavigationProperty', { Name: name, Type: qualified(type), ContainsTarget: 'true' }))
  return element('EntityType', attributes, [
    ...(entity.key ? [keyElement(entity.key)] : []),
    ...propertiesOf(entity),
    ...parts,
    ...linksOf(entity),
    ...annotations,
  ])
}

function linksOf({ links }: EntityDeclaration | ComplexDeclaration): string[] {
  return entries(links).map(([type, name]) => element('NavigationProperty', { Name: name, Type: qualified(type) }))
}

export function keyElement(property: string): string {
  return element('Key', {}, [element('PropertyRef', { Name: property })])
}

function propertiesOf(declaration: EntityDeclaration | ComplexDeclaration): string[] {
  const key = declaration.kind === 'entity' ? declaration.key : undefined
  return entries(declaration.properties).map(([type, name]) =>
    element('Property', { Name: name, Type: qualified(type), Nullable: name === key ? 'false' : undefined, ...facetsOf(type) }),
  )
}

function enumElement({ name, isFlags, members }: EnumDeclaration): string {
  const values = typeof members === 'string' ? members.split(' ').map((member, value) => [member, value] as const) : Object.entries(members)
  const elements = values.map(([member, value]) => element('Member', { Name: member, Value: String(value) }))
  return element('EnumType', { Name: name, IsFlags: isFlags ? 'true' : undefined }, elements)
}
