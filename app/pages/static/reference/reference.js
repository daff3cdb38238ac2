// Scalar on this server's own document: requests are tried against this server, and nothing is asked of any other host.
// Where the server gives tokens itself, which it does in development only, the page offers its documented client.
const place = document.getElementById("reference");
const clientCredentials = place.dataset.tokenUrl && {
  tokenUrl: window.location.origin + place.dataset.tokenUrl,
  "x-scalar-secret-token-url": window.location.origin + place.dataset.tokenUrl,
  "x-scalar-secret-client-id": place.dataset.clientId,
  "x-scalar-secret-client-secret": place.dataset.clientSecret,
};

Scalar.createApiReference(place, {
  url: "/openapi.json",
  servers: [{ url: "/v1", description: "This server" }],
  baseServerURL: window.location.origin,
  proxyUrl: "",
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
  authentication: {
    preferredSecurityScheme: "bearerAuth",
    securitySchemes: clientCredentials ? { bearerAuth: { flows: { clientCredentials } } } : {},
  },
});
