# Fills the templates in for one customer of the plan medium, by hand: copy this file, change the values on the right, and
# follow README.md. \b keeps IMAGE from matching within HELPER_IMAGE.

# the customer: id, and a name for this very customer of that id
s/\bCUSTOMER_ID\b/acme/g
s/\bCUSTOMER_UID\b/by-hand-1/g
# not berthd's: it leaves the namespace alone, and refuses to make a customer of this id
s/managed-by: berth$/managed-by: hand/

# the plan medium: requests, limits twice that, 50Gi in 5 volumes, 5 of each object
s/\bCPU_REQUESTS\b/"2"/
s/\bMEMORY_REQUESTS\b/4Gi/
s/\bCPU_LIMITS\b/"4"/
s/\bMEMORY_LIMITS\b/8Gi/
s/\bSTORAGE_TOTAL\b/50Gi/
s/\bPVC_COUNT\b/"5"/
s/\bOBJECT_COUNT\b/"5"/

# the volume
s/\bSTORAGE_CLASS\b/longhorn/
s/\bVOLUME_SIZE\b/5Gi/

# the site
s/\bSITE_ID\b/web1/g
s/\bDOMAIN\b/www.acme.example/
# all hostnames of all sites, separated by spaces
s/\bHOSTNAMES\b/www.acme.example/
s/\bREPLICAS\b/1/
s/\bIMAGE\b/registry.example.com\/berth\/web-static:0.1.0/

# a release (helper-pod.yaml, which berthd alone makes)
s/\bHELPER_IMAGE\b/registry.example.com\/berth\/berthd:0.1.0/
s/\bRELEASE_ID\b/r1/g
s/\bRELEASE_URL\b/http:\/\/berthd-internal.panel-system.svc:9444\/spool\/r1/
s/\bRELEASE_TOKEN\b/token/
s/\bRELEASE_SHA256\b/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/
