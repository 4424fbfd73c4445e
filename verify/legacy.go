package verify

import (
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/vcjose"
)

// A legacy is an Open Badges 2.0 or CLR 1.0 document, which is verified by its own rules.
type legacy struct{ form string }

func legacyForm(v ijson.Value) string                                { return "" }
func (c *credential) openLegacy(form string, v ijson.Value)          {}
func (c *credential) openLegacyToken(parsed *vcjose.Credential) bool { return false }
func (c *credential) openLink(url string)                            { c.add("format.link", "", url) }
func (c *credential) checkLegacyProof()                              {}
func (c *credential) checkLegacyIssuer()                             {}
func (c *credential) checkLegacySchema()                             {}
func (c *credential) checkLegacyStatus()                             {}
