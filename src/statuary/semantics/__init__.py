"""The rules: chapters of RFC 9110 and 9111 that several jobs share as modules, the jobs as folders. All of it pure."""
