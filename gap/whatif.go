package gap

import (
	"maps"

	"github.com/openlaurel/laurel/framework"
)

// Relate adds to a case what a framework says of skills and levels.
func (c *Case) Relate(list []framework.Association, scales map[string][]string, levels map[string]map[string]string) {
	c.Framework = append(c.Framework, list...)
	if c.Scales == nil {
		c.Scales = map[string][]string{}
	}
	if c.Levels == nil {
		c.Levels = map[string]map[string]string{}
	}
	maps.Copy(c.Scales, scales)
	maps.Copy(c.Levels, levels)
}

// WhatIf answers a case as if these offers of its catalogue had been passed on the day of the analysis. The case stays as
// it is, and nothing is recommended: that is what was tried.
func WhatIf(c *Case, offers []string) *Analysis {
	tried := *c
	tried.Claims = with(c.Claims)
	for _, id := range offers {
		for i := range c.Catalogue {
			if c.Catalogue[i].ID == id {
				tried.Claims = append(tried.Claims, claimOf(&c.Catalogue[i], c.AsOf))
			}
		}
	}
	tried.Catalogue, tried.Shared = nil, nil
	return Analyse(&tried)
}
