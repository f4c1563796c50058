export const GET = <p>plain &lt;value&gt;</p>
