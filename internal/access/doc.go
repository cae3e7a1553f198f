// Package access says who asks and what they may write.
//
// A request bears a JWT. [Bearer] takes it from the request, [Verifier.Verify] turns
// it into a [Viewer]: role, vendor, employer, site, country, agent. Whatever is wrong
// with a token is one of the errors in verify.go, with what to do about it, and
// [Challenge] puts it as HTTP wants it told (RFC 6750).
//
// A Verifier trusts issuers ([Trust]): a name, keys, algorithms, and the vendor that a
// vendor's issuer speaks for. Today there is one, the embedded [Issuer], whose key lies
// under --dir; an operator's or a vendor's OIDC issuer is one more Trust. The embedded issuer's name is a constant and not the
// address it is served at, so that tokens made before `serve` runs, or on another
// port, stay good; what tells two installations apart is the key.
//
// [MayPublish] and [MayRetract] are the whole of who may write what (publish.go has
// the clauses in order). They look at the source and type of an event and nothing in
// it, so that a door asks them before it looks further.
//
// Who may read what comes with the access rules of the API: this package only says
// who somebody is.
package access
