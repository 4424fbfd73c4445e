package verify

// lint judges an unsigned credential: everything but what needs a seal.
func (r *run) lint(unsigned []byte) []Finding {
	c := r.open(unsigned)
	if c.doc == nil {
		return c.report.Findings
	}
	checkContext(c)
	checkSchema(c)
	return c.report.Findings
}
