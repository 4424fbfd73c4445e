package server

import (
	"net/http"
)

// notaryDocument answers with the DID document of the server's own key, which signs verification reports.
func (s *Server) notaryDocument(w http.ResponseWriter, r *http.Request) {
	doc, err := s.notary.Document(r.Context())
	if err != nil {
		s.log.Error("the verifier's DID document", "error", err)
		http.Error(w, "the DID document cannot be read just now; try again", http.StatusServiceUnavailable)
		return
	}
	h := w.Header()
	h.Set("Content-Type", doc.ContentType)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Access-Control-Allow-Origin", "*") // verifiers run in browsers too
	h.Set("X-Content-Type-Options", "nosniff")
	if _, err := w.Write(doc.Bytes); err != nil {
		s.log.Debug("did document not sent", "error", err)
	}
}
