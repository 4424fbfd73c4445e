package server

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/openlaurel/laurel/internal/api"
)

// showMetrics answers Prometheus. What a server does is not for everybody: one whose public address is not a loopback
// one asks for the token in the file that metrics-token-file names (ADR 0012). The file is read for each answer, so that
// a token can be changed while the server runs.
func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request) {
	if file := s.Config.MetricsTokenFile; file != "" {
		want, err := os.ReadFile(file)
		if err != nil {
			s.log.Error("the metrics' token cannot be read", "error", err)
			api.Problem(w, http.StatusServiceUnavailable, "unavailable", "the token of the metrics cannot be read just now")
			return
		}
		got, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		a, b := sha256.Sum256(bytes.TrimSpace(want)), sha256.Sum256([]byte(got))
		if !bearer || len(bytes.TrimSpace(want)) == 0 || subtle.ConstantTimeCompare(a[:], b[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			api.Problem(w, http.StatusUnauthorized, "key.missing", "send the token of the file that metrics-token-file names, as Authorization: Bearer")
			return
		}
	} else if u, err := url.Parse(s.Config.BaseURL()); err != nil || !loopback(u.Hostname()) {
		api.Problem(w, http.StatusForbidden, "forbidden", "set metrics-token-file to a file with a token, and send it as Authorization: Bearer")
		return
	}
	s.metrics.handler().ServeHTTP(w, r)
}
