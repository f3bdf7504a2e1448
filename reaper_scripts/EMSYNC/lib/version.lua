-- The version of these scripts. It is that of emsync, which they need.

return "0.1.0"
