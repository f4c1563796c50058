// dynamic: the request by way of arguments
export const GET = function () {
  return arguments[0].req.header('host') ?? 'none'
}
