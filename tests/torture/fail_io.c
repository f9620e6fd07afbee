int fail_io;
