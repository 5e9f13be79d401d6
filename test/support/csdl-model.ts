/** CSDL JSON as maps of what it declares: types with their own properties, operations, the sets of the container. Type names are qualified by the alias. */

export type CsdlElement = {
  readonly type: string
  readonly isCollection: boolean
  readonly isNullable: boolean
  readonly isNavigation: boolean
  readonly isContained: boolean
  readonly partner: string | undefined
  /** dependent → principal property */
  readonly constraints: ReadonlyMap<string, string>
}

export type CsdlType = {
  readonly name: string
  readonly kind: 'EntityType' | 'ComplexType'
  readonly base: string | undefined
  readonly key: readonly string[]
  readonly own: ReadonlyMap<string, CsdlElement>
  readonly alternateKeys: readonly (readonly string[])[]
}

type Place = { readonly type: string; readonly isCollection: boolean }
export type CsdlOperation = { readonly isBound: boolean; readonly parameters: ReadonlyMap<string, Place>; readonly returns: Place | undefined }
export type CsdlSet = { readonly type: string; readonly bindings: ReadonlyMap<string, string> }

export type CsdlModel = {
  readonly types: ReadonlyMap<string, CsdlType>
  readonly enums: ReadonlySet<string>
  /** Overloads by name. */
  readonly operations: ReadonlyMap<string, readonly CsdlOperation[]>
  readonly sets: ReadonlyMap<string, CsdlSet>
  /** import → operation */
  readonly imports: ReadonlyMap<string, string>
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of the converter, taken apart member by member
type Json = { readonly [member: string]: any }

const ALIAS = 'mscrm'

export function modelOf(document: Json): CsdlModel {
  const schema = document['Microsoft.Dynamics.CRM'] as Json
  const members = declared(schema)
  const container = declared(schema.System)
  const ofKind = (...kinds: string[]) => members.filter(([, member]) => kinds.includes(member.$Kind))
  return {
    types: new Map(ofKind('EntityType', 'ComplexType').map(([name, json]) => [qualifiedName(name), typeOf(qualifiedName(name), json)])),
    enums: new Set(ofKind('EnumType').map(([name]) => qualifiedName(name))),
    operations: new Map(
      members.filter(([, member]) => Array.isArray(member)).map(([name, member]) => [qualifiedName(name), (member as unknown as Json[]).map(operationOf)]),
    ),
    sets: new Map(
      container
        .filter(([, member]) => member.$Collection)
        .map(([name, member]) => [
          name,
          { type: member.$Type, bindings: new Map(Object.entries(member.$NavigationPropertyBinding ?? {})) as Map<string, string> },
        ]),
    ),
    imports: new Map(container.flatMap(([name, member]) => (member.$Collection ? [] : [[name, member.$Function ?? member.$Action] as const]))),
  }
}

export function qualifiedName(name: string): string {
  return name.startsWith(`${ALIAS}.`) ? name : `${ALIAS}.${name}`
}

/** Own and inherited. */
export function elementsOf(model: CsdlModel, typeName: string): ReadonlyMap<string, CsdlElement> {
  const type = model.types.get(typeName)
  if (!type) return new Map()
  return type.base === undefined ? type.own : new Map([...elementsOf(model, type.base), ...type.own])
}

function typeOf(name: string, json: Json): CsdlType {
  return {
    name,
    kind: json.$Kind,
    base: json.$BaseType,
    key: json.$Key ?? [],
    own: new Map(declared(json).map(([member, element]) => [member, elementOf(element)])),
    alternateKeys: ((json['@Keys.AlternateKeys'] ?? []) as Json[]).map((key) => (key.Key as Json[]).map((part) => part.Name as string)),
  }
}

function elementOf(json: Json): CsdlElement {
  return {
    ...placeOf(json),
    isNullable: json.$Nullable ?? false,
    isNavigation: json.$Kind === 'NavigationProperty',
    isContained: json.$ContainsTarget ?? false,
    partner: json.$Partner,
    constraints: new Map(Object.entries(json.$ReferentialConstraint ?? {})) as Map<string, string>,
  }
}

function operationOf(json: Json): CsdlOperation {
  return {
    isBound: json.$IsBound ?? false,
    parameters: new Map(((json.$Parameter ?? []) as Json[]).map((parameter) => [parameter.$Name as string, placeOf(parameter)])),
    returns: json.$ReturnType && placeOf(json.$ReturnType),
  }
}

/** The converter leaves `Edm.String` out. */
function placeOf(json: Json): Place {
  return { type: json.$Type ?? 'Edm.String', isCollection: json.$Collection ?? false }
}

/** `$…` says something of the thing itself, and `@…` annotates it. */
function declared(json: Json): [string, Json][] {
  return Object.entries(json).filter(([name]) => !name.startsWith('$') && !name.includes('@'))
}
