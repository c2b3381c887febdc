// Shows the contract that lies beside this page. Nothing comes from another site.
SwaggerUIBundle({
    url: 'openapi.yaml',
    dom_id: '#reference',
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    validatorUrl: null,
    persistAuthorization: false,
});
