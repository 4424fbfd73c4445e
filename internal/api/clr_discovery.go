package api

import (
	"net/http"
	"strconv"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
)

// describe answers with the service description document (CLR 2.0 API, getServiceDescription): an OpenAPI document of what
// is really offered here. It needs no token, and its addresses are the operator's, never the request's.
//
// The texts disagree on where the address of the privacy policy stands, so it stands in both places.
func describe(c *hostCall) error {
	scopes := map[string]string{}
	for _, s := range oauth.Scopes {
		if s.ID == c.list || s.ID == c.upsert || s.ID == c.get || s.ID == c.put || s.ID == oauth.OfflineAccess {
			scopes[s.ID] = s.Says
		}
	}
	about := c.PublicURL + "/about"
	doc := map[string]any{
		"openapi": "3.0.1",
		"info": map[string]any{"title": "Laurel: " + c.title, "version": c.version, "termsOfService": about, "x-imssf-privacyPolicyUrl": about,
			"x-imssf-image": c.PublicURL + "/static/laurel.svg"},
		"servers": []any{map[string]any{"url": c.PublicURL + c.prefix}},
		"paths":   c.paths(),
		"components": map[string]any{
			"schemas": c.schemas(),
			"securitySchemes": map[string]any{"OAuth2ACG": map[string]any{
				"type": "oauth2", "description": "Authorization code with PKCE (S256); the learner answers on a page of this server.",
				"x-imssf-name": "Laurel", "x-imssf-privacyPolicyUrl": about, "x-imssf-termsOfServiceUrl": about,
				"x-imssf-registrationUrl": c.PublicURL + "/oauth/register", "x-revocationUrl": c.PublicURL + "/oauth/revoke",
				"flows": map[string]any{"authorizationCode": map[string]any{"authorizationUrl": c.PublicURL + oauth.PathAuthorize, "tokenUrl": c.PublicURL + "/oauth/token",
					"refreshUrl": c.PublicURL + "/oauth/token", "scopes": scopes}},
			}},
		},
	}
	b, err := ijson.Marshal(doc)
	if err != nil {
		return record.Wrap("api.describe", err)
	}
	h := c.w.Header()
	tag := `"` + record.Sum(b)[:32] + `"`
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("ETag", tag)
	if c.r.Header.Get("If-None-Match") == tag {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return c.send(http.StatusOK, "application/json", b)
}

func schemaRef(name string) map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

func jsonBody(name string) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": schemaRef(name)}}
}

// paths are the operations.
func (c *hostCall) paths() map[string]any {
	operation := func(id, summary, scope string, ok map[string]any, statuses ...int) map[string]any {
		responses := map[string]any{"default": map[string]any{"description": "What went wrong.", "content": jsonBody("Imsx_StatusInfo")}}
		for _, s := range statuses {
			responses[strconv.Itoa(s)] = map[string]any{"description": http.StatusText(s), "content": jsonBody("Imsx_StatusInfo")}
		}
		for status, r := range ok {
			responses[status] = r
		}
		o := map[string]any{"operationId": id, "summary": summary, "responses": responses}
		if scope != "" {
			o["security"] = []any{map[string]any{"OAuth2ACG": []string{scope}}}
		}
		return o
	}
	answer := func(name string) map[string]any {
		return map[string]any{"description": "Done.", "content": jsonBody(name)}
	}
	query := func(name, says string, schema map[string]any) map[string]any {
		return map[string]any{"name": name, "in": "query", "required": false, "description": says, "schema": schema}
	}
	both := map[string]any{"application/json": map[string]any{"schema": schemaRef(c.kind)}, "text/plain": map[string]any{"schema": schemaRef("CompactJws")}}
	kept := map[string]any{"description": "Kept.", "content": both}

	read := operation("getCredentials", "The learner's credentials, in pages.", c.list, map[string]any{"200": answer("GetCredentialsResponse")}, 400, 401, 403, 405, 500)
	read["parameters"] = []any{
		query("limit", "How many at most.", map[string]any{"type": "integer", "format": "int32", "minimum": 1}),
		query("offset", "How many to leave out.", map[string]any{"type": "integer", "format": "int32", "minimum": 0}),
		query("since", "Only what came, changed or became valid after this moment.", map[string]any{"type": "string", "format": "date-time"}),
	}
	write := operation("upsertCredential", "Add a credential, or replace its older version.", c.upsert, map[string]any{"200": kept, "201": kept}, 304, 400, 401, 403, 405, 500)
	write["requestBody"] = map[string]any{"required": true, "content": both}
	get := operation("getProfile", "The learner's profile.", c.get, map[string]any{"200": answer("Profile")}, 401, 403, 404, 405, 500)
	put := operation("putProfile", "Replace the learner's profile.", c.put, map[string]any{"200": answer("Profile")}, 400, 401, 403, 405, 500)
	put["requestBody"] = map[string]any{"required": true, "content": jsonBody("Profile")}
	return map[string]any{
		"/credentials": map[string]any{"get": read, "post": write},
		"/profile":     map[string]any{"get": get, "put": put},
		"/discovery":   map[string]any{"get": operation("getServiceDescription", "This document.", "", map[string]any{"200": map[string]any{"description": "This document.", "content": map[string]any{"application/json": map[string]any{"schema": map[string]any{"type": "object"}}}}})},
	}
}

// schemas are the shapes, as far as they are this interface's own; a credential's is its standard's.
func (c *hostCall) schemas() map[string]any {
	text := map[string]any{"type": "string"}
	words := func(w ...string) map[string]any { return map[string]any{"type": "string", "enum": w} }
	object := func(required []string, members map[string]any) map[string]any {
		return map[string]any{"type": "object", "required": required, "properties": members}
	}
	listOf := func(name string) map[string]any { return map[string]any{"type": "array", "items": schemaRef(name)} }
	return map[string]any{
		c.kind:       object([]string{"@context", "id", "type", "issuer", "credentialSubject"}, map[string]any{"id": text}),
		"Profile":    object([]string{"id", "type"}, map[string]any{"id": text}),
		"CompactJws": map[string]any{"type": "string", "pattern": `^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$`},
		"GetCredentialsResponse": map[string]any{"type": "object", "additionalProperties": false,
			"properties": map[string]any{"credential": listOf(c.kind), "compactJwsString": listOf("CompactJws")}},
		"Imsx_StatusInfo": object([]string{"imsx_codeMajor", "imsx_severity"}, map[string]any{"imsx_codeMajor": words("failure", "processing", "success", "unsupported"),
			"imsx_severity": words("error", "status", "warning"), "imsx_description": text, "imsx_codeMinor": schemaRef("Imsx_CodeMinor")}),
		"Imsx_CodeMinor":      object([]string{"imsx_codeMinorField"}, map[string]any{"imsx_codeMinorField": listOf("Imsx_CodeMinorField")}),
		"Imsx_CodeMinorField": object([]string{"imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"}, map[string]any{"imsx_codeMinorFieldName": text, "imsx_codeMinorFieldValue": text}),
	}
}
