package web

import (
	"strconv"

	"github.com/openlaurel/laurel/internal/record"
)

var refreshRoutes = []route{
	{"GET /refresh/{id}/{revision}", anyone, publicRefresh, 0},
}

// publicRefresh is the 1EdTech refresh service: the newest version of a credential for whoever holds an older one.
func publicRefresh(c *call) error {
	revision, err := strconv.ParseInt(c.r.PathValue("revision"), 10, 64)
	if err != nil {
		return record.Errorf(record.NotFound, "web.publicRefresh", "there is no such version")
	}
	cred, err := c.deps.Registrar.Refreshed(c.ctx, c.r.PathValue("id"), revision)
	if err != nil {
		return err
	}
	return c.document(documentType(c.r, cred.Bytes), cred.Bytes, false)
}
