export const GET = () => (
  <html lang="en">
    <body>
      <h1>Home &amp; garden</h1>
      <p title={'"quoted"'}>{'<escaped>'}</p>
    </body>
  </html>
)
