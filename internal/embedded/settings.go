package embedded

import "strconv"

// settings are PostgreSQL's for a laptop. No statement, parameter or value may
// reach its log: its messages go in at level LOG and above, which leaves out
// ERROR (an error's text quotes what it could not parse), tersely, without the
// statement that caused them.
func (p *Postgres) settings(port int) []string {
	set := [][2]string{
		{"port", strconv.Itoa(port)},
		{"listen_addresses", "127.0.0.1"},
		// No socket file: nothing to collide with another server's, and no path
		// that could be too long for one.
		{"unix_socket_directories", ""},
		{"max_connections", "100"},
		{"shared_buffers", "256MB"},
		{"work_mem", "16MB"},
		{"maintenance_work_mem", "128MB"},
		{"effective_cache_size", "1GB"},
		{"max_wal_size", "2GB"},
		{"wal_compression", "on"},
		{"random_page_cost", "1.1"},
		{"jit", "off"},
		{"timezone", "UTC"},
		{"log_min_messages", "log"},
		{"log_error_verbosity", "terse"},
		{"log_min_error_statement", "panic"},
		{"log_statement", "none"},
		{"log_parameter_max_length", "0"},
		{"log_parameter_max_length_on_error", "0"},
		{"log_checkpoints", "off"},
	}
	if p.opts.Volatile {
		set = append(
			set,
			[2]string{"fsync", "off"},
			[2]string{"synchronous_commit", "off"},
			[2]string{"full_page_writes", "off"},
			[2]string{"max_connections", "300"},
			[2]string{"shared_buffers", "128MB"},
		)
	}
	var args []string
	for _, s := range set {
		args = append(args, "-c", s[0]+"="+s[1])
	}
	return args
}
