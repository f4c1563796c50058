// dynamic: another route changes what it reads
import { store } from './_store.ts'

export const GET = () => store.title
