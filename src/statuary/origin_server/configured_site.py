from statuary.origin_server.directory import DirectoryOptions, DirectorySite
def site_of(directory, *, writable, listings):
    return DirectorySite(directory, DirectoryOptions(writable=writable, listings=listings))
