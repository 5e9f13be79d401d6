/** The templates of the standard roles: the same ids in every organization. */
export const SYSTEM_ADMINISTRATOR = '627090ff-40a3-4053-8790-584edc5be201'
export const SYSTEM_CUSTOMIZER = '119f245c-3cc8-4b62-b31c-d1a046ced15d'
