// dynamic: the last match of anybody is kept on RegExp
export const GET = () => `last: ${RegExp.$1}`
