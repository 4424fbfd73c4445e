package export

// Join is several records of one person as one: what was chosen from a record and handed on piece by piece. The first says
// whom it is about; nothing of theirs is left out, and none lends another its proof.
func Join(records []*Record) *Record {
	if len(records) == 1 {
		return records[0]
	}
	out := &Record{}
	for _, r := range records {
		if out.Subject == "" {
			out.Subject = r.Subject
		}
		if len(out.Identity) == 0 {
			out.Identity = r.Identity
		}
		if out.Issuer.ID == "" {
			out.Issuer = r.Issuer
		}
		if out.ValidFrom < r.ValidFrom {
			out.ValidFrom = r.ValidFrom
		}
		out.Claims = append(out.Claims, r.Claims...)
		out.Achievements = append(out.Achievements, r.Achievements...)
		out.Associations = append(out.Associations, r.Associations...)
	}
	return out
}
