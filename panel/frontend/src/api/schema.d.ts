// Generated from docs/openapi.yaml by `npm run schema`. Do not edit: change that file and run it again.
export interface paths {
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I? */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in
         * @description Exchanges a token, or an e-mail address and a password, for a session cookie that scripts cannot read (`__Host-berth`,
         *     HttpOnly, SameSite=Strict). Who has a second factor gives a `code` too: without it, or with a wrong one, the answer is a
         *     `401` whose `errors` name `/code`, once the password is right. After five failures from one client address for one e-mail address each next attempt must
         *     wait, ever longer (`429`); from another client address the right password is good all the same. After a hundred wrong
         *     codes of one user in a day, from wherever, codes must wait too; recovery codes need not.
         */
        post: operations["createSession"];
        /**
         * Sign out
         * @description Ends the session of the cookie and takes the cookie away. A token stays valid.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change your own password
         * @description Ends every session of yours, this one too. API tokens stay valid.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a password by a one-time link
         * @description `token` is what follows `#` in the link. A link is good once, for three days, and until the next one is made.
         */
        post: operations["redeemLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Do you have a second factor?
         * @description Whether a code is asked for when you sign in, and how many recovery codes are left.
         */
        get: operations["getTotp"];
        put?: never;
        /**
         * Begin to enable your second factor
         * @description The answer has the secret, once, as text and as an `otpauth:` URI for a QR code. Nothing changes at sign-in until a code is
         *     confirmed; until then a new call takes the place of the one before. `409` when a second factor is active already.
         */
        post: operations["enrolTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable your second factor by its first code
         * @description From now on sign-in asks for a code. The answer has ten recovery codes, once; each stands for a code, once.
         */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable your second factor
         * @description Needs the password and a code, or a recovery code.
         */
        post: operations["disableTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get new recovery codes
         * @description Ten new ones, answered once; those before are good no more. Needs the password and a code.
         */
        post: operations["renewRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the users
         * @description In the order of their ids. Admins see all; resellers and owners see themselves, and the owners and members of their own
         *     customers; members see themselves.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Make a user
         * @description The user has no password yet: the answer has a one-time link to set it, once. A repeat with the same `Idempotency-Key`
         *     is answered without the link.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        /** Read a user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Delete a user
         * @description Ends the sessions and tokens of the user. The last admin stays (`409`).
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change a user's name, role or customers
         * @description Holds for the next request of the user. The last admin stays one (`409`).
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/api/v1/users/{user}/link": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a one-time link to set a password
         * @description For an invitation that was lost, or a password that was forgotten. The link before is good no more; the password stays
         *     until the link is used.
         */
        post: operations["createUserLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}/totp": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Reset a user's second factor
         * @description For a user who lost authenticator and recovery codes: sign-in asks for the password alone, until the user enables it again.
         *     Not for your own (`409`).
         */
        delete: operations["resetUserTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your API tokens
         * @description In the order of their ids.
         */
        get: operations["listTokens"];
        put?: never;
        /**
         * Make an API token
         * @description The secret is in this answer and nowhere else. A repeat with the same `Idempotency-Key` is answered without it. A token
         *     that was made by a token does not outlive it.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token's id. */
                token: components["parameters"]["TokenId"];
            };
            cookie?: never;
        };
        /**
         * Read one of your API tokens
         * @description What is known of it; the secret itself is stored nowhere.
         */
        get: operations["getToken"];
        put?: never;
        post?: never;
        /**
         * Revoke an API token
         * @description Ends the sessions that it was exchanged for too.
         */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the plans
         * @description In the order of their ids.
         */
        get: operations["listPlans"];
        put?: never;
        /**
         * Make a plan
         * @description A plan without customers touches nothing outside the database, so there is no operation to follow.
         */
        post: operations["createPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{plan}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The plan's id. */
                plan: components["parameters"]["PlanId"];
            };
            cookie?: never;
        };
        /** Read a plan */
        get: operations["getPlan"];
        /**
         * Replace a plan's limits
         * @description Every customer of the plan is looked at again, and gets the new limits.
         */
        put: operations["replacePlan"];
        post?: never;
        /**
         * Delete a plan
         * @description Refused with `409` as long as a customer has it.
         */
        delete: operations["deletePlan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the customers
         * @description In the order of their ids.
         */
        get: operations["listCustomers"];
        put?: never;
        /**
         * Make a customer
         * @description The operation is done when the namespace, its limits, its isolation and its storage are there. An id that was
         *     erased can be used again and inherits nothing.
         */
        post: operations["createCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change many customers at once
         * @description One operation for all customers that the filter names, as they are now and as far as the caller sees them; at most 10000.
         *     Plans are changed, and customers suspended, resumed and reconciled.
         *     Each customer is then changed by itself, with an operation of its own and by the rules of the single change: what cannot be
         *     changed is refused and the others go on. `progress` of the operation counts, and its `items` name each customer. The
         *     operation is `done` when all of them are, and `failed` when it is over and some were refused or have failed. A restart
         *     of the server goes on where it was. With `dryRun` each change is tried and undone: `changes` names what would be
         *     changed, and `refused` what would not, and why.
         */
        post: operations["bulkCustomers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customer}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        /** Read a customer */
        get: operations["getCustomer"];
        put?: never;
        post?: never;
        /**
         * Move a customer to the trash, or erase it
         * @description In the trash nothing is served and nothing is lost; `restore` takes it out again until `eraseAt`, when it is
         *     erased on every plane. `purge=true` erases at once; that cannot be undone.
         */
        delete: operations["deleteCustomer"];
        options?: never;
        head?: never;
        /**
         * Change a customer's name, plan or limits of spam
         * @description A plan that is too small for what the customer has is refused with `409`.
         */
        patch: operations["updateCustomer"];
        trace?: never;
    };
    "/api/v1/customers/{customer}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a customer
         * @description Visitors see a page that says so (`503`), the sites stop, and nothing is deleted.
         */
        post: operations["suspendCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customer}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume a suspended customer */
        post: operations["resumeCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customer}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a customer out of the trash
         * @description The customer is as it was before, suspended if it was.
         */
        post: operations["restoreCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customer}/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at a customer again, now
         * @description Every step observes its plane and puts right what differs. It is safe at any time.
         */
        post: operations["reconcileCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customer}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What differs from what should be?
         * @description Reads every plane and answers with the changes that `reconcile` would make. Changes nothing.
         */
        post: operations["diffCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{customer}/conditions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        /**
         * What is true of a customer, and what is not?
         * @description One condition a step and subject, in the order of the steps. Before a customer is looked at for the first time all are `unknown`. There is one page only.
         */
        get: operations["listCustomerConditions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sites
         * @description In the order of their ids. `conditions` is left out in a list.
         */
        get: operations["listSites"];
        put?: never;
        /**
         * Make a site
         * @description The operation is done when the site answers through the ingress at each of its hostnames.
         */
        post: operations["createSite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change many sites at once
         * @description One operation for all sites that the filter names, as they are now and as far as the caller sees them; at most 10000.
         *     The number of replicas can be changed: what is meant for sites alike.
         *     Each site is then changed by itself, with an operation of its own and by the rules of the single change: what cannot be
         *     changed is refused and the others go on. `progress` of the operation counts, and its `items` name each site. The
         *     operation is `done` when all of them are, and `failed` when it is over and some were refused or have failed. A restart
         *     of the server goes on where it was. With `dryRun` each change is tried and undone: `changes` names what would be
         *     changed, and `refused` what would not, and why.
         */
        post: operations["bulkSites"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        /** Read a site */
        get: operations["getSite"];
        put?: never;
        post?: never;
        /**
         * Delete a site
         * @description Its hostnames are free again, and its files are removed.
         */
        delete: operations["deleteSite"];
        options?: never;
        head?: never;
        /**
         * Change a site's hostnames or replicas
         * @description The list of hostnames is replaced whole.
         */
        patch: operations["updateSite"];
        trace?: never;
    };
    "/api/v1/sites/{site}/releases": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        /**
         * List a site's releases
         * @description Newest first.
         */
        get: operations["listReleases"];
        put?: never;
        /**
         * Upload and deploy files
         * @description The body is the archive itself and is streamed; it is not held in memory. The archive is checked (size, paths,
         *     links, what it unpacks to), unpacked beside the release that is served, and then served at once and whole. Until
         *     then, and if it fails, the old release stays.
         */
        post: operations["createRelease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sites/{site}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Serve an earlier release again */
        post: operations["rollbackSite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the domains
         * @description In the order of their names.
         */
        get: operations["listDomains"];
        put?: never;
        /**
         * Make a domain, with everything that it needs
         * @description Makes the domain's zone. A customer that is missing is made with it, and when no site has the domain or its
         *     `www` as a hostname, a static site for both is made. The answer names what was made.
         *
         *     A domain that does not lie below one of the installation's free domains is `pending`: its hostnames are not routed and
         *     get no certificate before a proof of ownership is seen (`challenge` in the answer). When somebody else has such a pending
         *     claim to the name, the `409` names the record that takes it over; with that record published the same request passes.
         *
         *     With `mailUsers` the domain's mail is on, and it has these mailboxes from the start.
         */
        post: operations["createDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        /** Read a domain */
        get: operations["getDomain"];
        put?: never;
        post?: never;
        /**
         * Delete a domain and its zone
         * @description Refused with `409` as long as a site has a hostname in it, or it has mailboxes. Its aliases go with it.
         */
        delete: operations["deleteDomain"];
        options?: never;
        head?: never;
        /**
         * Switch a domain's mail, or the signing of its zone
         * @description With `mail` true the platform's mail servers receive and send mail of the domain. It is switched off only when the domain has no
         *     mailboxes (`409`), since their mail would be lost.
         *
         *     With `dnssec` true the zone is signed; publish what `ds` then holds at the registrar. With false the zone stays signed as
         *     long as the parent has a DS, since validating resolvers would refuse the domain otherwise; the domain's condition
         *     `dnssec` tells what is waited for.
         */
        patch: operations["updateDomain"];
        trace?: never;
    };
    "/api/v1/domains/{domain}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look for the proof of a domain now
         * @description It is looked for by itself too, ever more seldom. The operation is done when it was looked for; whether a proof was seen
         *     is the domain's `ownership`. With `force` an admin confirms the domain without a proof, which the audit log tells.
         */
        post: operations["verifyDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/dkim": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        /**
         * List a domain's DKIM keys
         * @description What is public of the keys that sign the domain's mail (RFC 6376, RFC 8463), and the record of each. Berth writes the records
         *     into the zone; where the domain's DNS is elsewhere they are to be published there, and a key signs only after that was seen.
         *     A key is `published` until it has been in the zone long enough, then `signing`, then `retired`: it signs no more, and its
         *     record stays until no mail that it signed can be on its way.
         */
        get: operations["listDkimKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/dkim/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for new DKIM keys
         * @description New keys are made and published, and sign when they have been in the zone long enough; until then the present ones sign. That
         *     happens by itself too, every 90 days unless the installation says otherwise. `409` while the domain's mail is off.
         */
        post: operations["rotateDkimKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/mail/records": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        /**
         * List the records that a domain's mail needs
         * @description Berth writes them into the zone. Where the domain's DNS is elsewhere they are to be set there. While the domain's mail is off
         *     there are none, but for DKIM keys that mail on its way was signed with.
         */
        get: operations["listMailRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/mail/check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Does the world see what the domain's mail needs?
         * @description Asks the resolver for each of the records, fetches over HTTPS what is served at the domain's names (its MTA-STS policy, the
         *     settings of mail programs), and looks at the mail host's certificate. Says of each whether it is right, and else what to do.
         *     Changes nothing. `409` while the domain's mail is off.
         */
        post: operations["checkDomainMail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/records": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        /**
         * Read the records of a zone
         * @description As the name server has them now, in canonical order. `keptBy` tells which of them are the customer's to write.
         */
        get: operations["listRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/records/{name}/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
                /**
                 * @description A name in the zone, or `@` for the zone itself. Upper case and Unicode are converted to lower-case A-labels. `*` may
                 *     be the first label; underscores are for types that are not about hosts.
                 */
                name: string;
                /** @description The type of the RRset. */
                type: components["schemas"]["RecordType"];
            };
            cookie?: never;
        };
        /** Read an RRset that the customer asked for */
        get: operations["getRecord"];
        /**
         * Write an RRset
         * @description Replaces the whole RRset of this name and type, or makes it. What Berth keeps itself (the zone's SOA and NS, the
         *     addresses of the zone, of its `www` and of sites' hostnames) is refused with `409`, as is what may not stand beside
         *     what is there: a CNAME beside anything, or anything at or below a delegation.
         */
        put: operations["putRecord"];
        post?: never;
        /** Delete an RRset */
        delete: operations["deleteRecord"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{domain}/zone": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        /**
         * Write a zone out as a zone file
         * @description A master file (RFC 1035) with all records as the name server has them now, with whole names and in a fixed order.
         */
        get: operations["exportZone"];
        put?: never;
        /**
         * Read records from a zone file
         * @description A master file (RFC 1035) with `$ORIGIN`, `$TTL`, parentheses, comments and relative names. Faults are named by their
         *     lines (`/line/12`), and nothing is changed by a file with a fault. What Berth keeps itself is left out, and named in
         *     the answer.
         */
        post: operations["importZone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the mailboxes
         * @description In the order of their addresses.
         */
        get: operations["listMailboxes"];
        put?: never;
        /**
         * Make a mailbox
         * @description In a domain whose mail is on (`409` otherwise). Without `password` and `passwordHash` nobody can sign in yet; mail is received
         *     at once. The plan says how many mailboxes a customer may have.
         */
        post: operations["createMailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make many mailboxes
         * @description Up to 1000 by one request, all of them or none: for a customer who moves here. All lie in domains of one customer. Each needs
         *     `passwordHash` or `password`, since none is made here; at most 100 may have a `password`, which takes its time to hash. A fault
         *     names its item (`/items/3/address`), and up to 16 are told at once. The operation is the customer's; the audit log has a row for
         *     each mailbox beside that of the operation.
         */
        post: operations["importMailboxes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The mailbox's address. */
                address: components["parameters"]["MailAddress"];
            };
            cookie?: never;
        };
        /** Read a mailbox */
        get: operations["getMailbox"];
        put?: never;
        post?: never;
        /**
         * Delete a mailbox and its mail
         * @description The mail in it is deleted too. Aliases that lead to it stay. Refused with `409` when the catch-all of the domain leads to this address.
         */
        delete: operations["deleteMailbox"];
        options?: never;
        head?: never;
        /**
         * Change a mailbox
         * @description What is left out stays as it is; lists and the auto-reply are replaced as a whole. A new password holds at once, also for
         *     programs that are signed in.
         */
        patch: operations["updateMailbox"];
        trace?: never;
    };
    "/api/v1/aliases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the aliases
         * @description In the order of their addresses.
         */
        get: operations["listAliases"];
        put?: never;
        /**
         * Make an alias
         * @description An address without a mailbox, whose mail is sent on to its targets, here or elsewhere. With `*` in place of the local part it is
         *     the catch-all: it gets what is in no mailbox and no alias of the domain, and may lead only to domains of the same customer.
         *     Targets that lead back to the address, over however many others, are refused (`422`).
         */
        post: operations["createAlias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aliases/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alias's address. */
                address: components["parameters"]["AliasAddress"];
            };
            cookie?: never;
        };
        /** Read an alias */
        get: operations["getAlias"];
        put?: never;
        post?: never;
        /**
         * Delete an alias
         * @description Refused with `409` when the catch-all of the domain leads to this address.
         */
        delete: operations["deleteAlias"];
        options?: never;
        head?: never;
        /**
         * Change where an alias leads to
         * @description The targets are replaced as a whole.
         */
        patch: operations["updateAlias"];
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the operations
         * @description Newest first. `steps` is empty in a list.
         */
        get: operations["listOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{operation}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The operation's id. */
                operation: components["parameters"]["OperationId"];
            };
            cookie?: never;
        };
        /** Read an operation */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{operation}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The operation's id. */
                operation: components["parameters"]["OperationId"];
            };
            cookie?: never;
        };
        /**
         * Follow an operation live
         * @description Server-sent events. `event: operation` has the operation as it is, with its steps and its progress, as one line of
         *     JSON: the first one at once, then one a change, until the state is `done` or `failed`; then the stream ends.
         *     `event: log` has what happened to the customer meanwhile, an Event as one line of JSON. Each has an `id` that grows. A
         *     comment line comes every 15 seconds when nothing changes. With `Last-Event-ID` the stream goes on after that event,
         *     and nothing of the log is lost or told twice.
         */
        get: operations["streamOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/{operation}/items": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The operation's id. */
                operation: components["parameters"]["OperationId"];
            };
            cookie?: never;
        };
        /**
         * List the objects of a bulk change
         * @description Empty for an operation of another kind.
         */
        get: operations["listOperationItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the events
         * @description Newest first. With `after`, oldest first, from the event that follows that one.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rows of the audit log
         * @description Newest first. Every change has a row. `hash` is the SHA-256 of the hash before it (nothing for the first row) and of
         *     seq, at (Unix milliseconds), actor, requestId, action, customerId and subject, each as `<bytes>:<text>,`.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the audit log whole?
         * @description Walks the whole chain, and names the first row that was changed, removed or put in.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which keys are secrets encrypted with?
         * @description Opens every secret that is kept encrypted. A key of state `older` can be taken out of the key file once it has no secrets; one
         *     of state `missing` must be put back, or what it encrypted is lost. No key and no secret is in the answer.
         */
        get: operations["getSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Encrypt every secret with the newest key
         * @description All in one transaction. What cannot be read stays as it is, and is named. `dryRun=true` does the same and keeps nothing of it.
         */
        post: operations["rotateSecrets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document, as JSON */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which Berth is this? */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive?
         * @description Not routed from outside; for the kubelet.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can the process serve requests?
         * @description Not routed from outside; for the kubelet. It asks for the database, not for the planes.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures for Prometheus
         * @description Not routed from outside; for the monitoring system.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description A lower-case letter, then letters, digits and single inner dashes.
         * @example small
         */
        PlanId: string;
        /**
         * @description A lower-case letter, then letters, digits and single inner dashes. The namespace is `cust-` and this id. `bulk` is none.
         * @example example
         */
        CustomerId: string;
        /**
         * @description Chosen by the server.
         * @example s7k2m9qx1
         */
        SiteId: string;
        /**
         * @description Chosen by the server.
         * @example r0c5n2h8w4d
         */
        ReleaseId: string;
        /**
         * @description Chosen by the server.
         * @example op-4kq2n8d0w7c1x5zb
         */
        OperationId: string;
        /**
         * @description A DNS name of at least two labels, in lower-case A-labels, without the final dot. Upper case and Unicode are refused,
         *     not converted, so one name has one spelling everywhere. Public suffixes, addresses, the platform's own names, names
         *     below another customer's domain, and names in use are refused.
         * @example hello.localhost
         */
        Hostname: string;
        /**
         * Format: date-time
         * @description RFC 3339, UTC.
         * @example 2026-03-01T08:30:12Z
         */
        Time: string;
        /**
         * @description CPU cores or thousandths of them, as in Kubernetes.
         * @example 500m
         * @example 2
         */
        CpuQuantity: string;
        /**
         * @description Bytes with a binary suffix, as in Kubernetes.
         * @example 512Mi
         * @example 10Gi
         */
        BytesQuantity: string;
        /** @description What went wrong (RFC 9457). */
        Problem: {
            /**
             * Format: uri-reference
             * @description The kind of problem.
             * @example about:blank
             */
            type: string;
            /**
             * @description The kind of problem, in words.
             * @example A field is not valid
             */
            title: string;
            /**
             * @description The HTTP status.
             * @example 422
             */
            status: number;
            /**
             * @description What went wrong this time.
             * @example customer 'example' has no room for another site
             */
            detail?: string;
            /**
             * @description The request's id; quote it when you ask for help.
             * @example 6f3b1c9a2e40
             */
            requestId: string;
            /** @description One entry for each field that is not valid. */
            errors?: components["schemas"]["FieldError"][];
        };
        FieldError: {
            /**
             * @description JSON pointer (RFC 6901) to the field in the body; for a parameter, `/` and its name.
             * @example /hostnames/0
             */
            pointer: string;
            /**
             * @description What is wrong with it.
             * @example the name is in use
             */
            message: string;
        };
        /** @description A token, or an e-mail address and a password. */
        SessionCreate: {
            /** @description An API token. */
            token?: string;
            email?: components["schemas"]["Email"];
            password?: components["schemas"]["Password"];
            code?: components["schemas"]["TotpCode"];
            /**
             * @description Answer a token in place of a cookie.
             * @default false
             */
            asToken?: boolean;
        };
        Session: {
            /**
             * @description Who is signed in: an e-mail address, or `admin` for the installation's own token.
             * @example admin
             */
            user: string;
            role: components["schemas"]["Role"];
            /** @description Left out for the installation's own token. */
            userId?: components["schemas"]["UserId"];
            /** @description The only customer that the token is good for; left out when there is no such bound. */
            customerId?: components["schemas"]["CustomerId"];
            /** @description The token is good for reading only. */
            readOnly: boolean;
            /** @description When the session ends; left out when it does not. */
            expiresAt?: components["schemas"]["Time"];
            /** @description The session's token; only with `asToken`. */
            readonly token?: string;
        };
        PasswordChange: {
            /** @description The present password. */
            current: string;
            password: components["schemas"]["Password"];
        };
        /**
         * @description The six digits that the authenticator shows, or a recovery code.
         * @example 123456
         */
        TotpCode: string;
        Totp: {
            /**
             * @description `pending`: begun, and not confirmed by a code.
             * @enum {string}
             */
            state: "off" | "pending" | "active";
            recoveryCodesLeft: number;
        };
        TotpEnrol: {
            /** @description The present password. */
            password: string;
        };
        TotpEnrolment: {
            totp: components["schemas"]["Totp"];
            /** @description In base32, to be typed into an authenticator; answered once. */
            readonly secret?: string;
            /** @description The same as an `otpauth:` URI, for a QR code; answered once. */
            readonly uri?: string;
        };
        TotpConfirm: {
            code: components["schemas"]["TotpCode"];
        };
        TotpProof: {
            /** @description The present password. */
            password: string;
            code: components["schemas"]["TotpCode"];
        };
        TotpRecoveryCodes: {
            totp: components["schemas"]["Totp"];
            /** @description Answered once. */
            readonly recoveryCodes?: string[];
        };
        SecretKey: {
            /** @example k20261124 */
            id: string;
            /**
             * @description `newest` encrypts; `missing`: not in the key file, though secrets need it.
             * @enum {string}
             */
            state: "newest" | "older" | "missing";
            /**
             * Format: int64
             * @description How many are encrypted with it.
             */
            secrets: number;
        };
        SecretFault: {
            /** @example totp */
            kind: string;
            /**
             * @description Whose it is: the id of a row.
             * @example u7k2m9qx1b4cd
             */
            owner: string;
            key: string;
            reason: string;
        };
        SecretKeys: {
            items: components["schemas"]["SecretKey"][];
            /** @description The first that cannot be read. */
            faults: components["schemas"]["SecretFault"][];
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            unreadable: number;
            /**
             * Format: int64
             * @description How many are encrypted with an older key.
             */
            toRotate: number;
        };
        SecretRotation: {
            items: components["schemas"]["SecretKey"][];
            faults: components["schemas"]["SecretFault"][];
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            unreadable: number;
            /**
             * Format: int64
             * @description How many were encrypted anew.
             */
            rotated: number;
        };
        LinkRedeem: {
            /** @description What follows `#` in the link. */
            token: string;
            password: components["schemas"]["Password"];
        };
        /** @description Bytes are counted. */
        Password: string;
        /**
         * @description Kept in lower case.
         * @example anna@example.com
         */
        Email: string;
        /** @example u7k2m9qx1b4cd */
        UserId: string;
        User: {
            id: components["schemas"]["UserId"];
            email: components["schemas"]["Email"];
            name: string;
            role: components["schemas"]["Role"];
            /** @description Whose the user sees; empty for admins. */
            customers: components["schemas"]["CustomerId"][];
            /** @description The link was used. */
            hasPassword: boolean;
            /** @description A second factor is asked for at sign-in. */
            hasTotp: boolean;
            createdAt: components["schemas"]["Time"];
            updatedAt: components["schemas"]["Time"];
        };
        UserCreate: {
            email: components["schemas"]["Email"];
            role: components["schemas"]["Role"];
            /** @description The address when it is left out. */
            name?: string;
            /** @description Whose the user sees. Owners and members need one, admins have none. */
            customers?: components["schemas"]["CustomerId"][];
        };
        UserUpdate: {
            role?: components["schemas"]["Role"];
            name?: string;
            customers?: components["schemas"]["CustomerId"][];
        };
        UserAnswer: {
            user: components["schemas"]["User"];
        };
        UserLink: {
            user: components["schemas"]["User"];
            /** @description To be handed to the user; answered once. */
            readonly link?: string;
            linkExpiresAt: components["schemas"]["Time"];
            /** @description The installation has a mail relay, and the link is mailed to the user as well. */
            mailed: boolean;
        };
        UserList: {
            items: components["schemas"]["User"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /** @example t3f8k2m9qx1b4cd7 */
        TokenId: string;
        /**
         * @description `write` needs `read` beside it.
         * @enum {string}
         */
        TokenScope: "read" | "write";
        Token: {
            id: components["schemas"]["TokenId"];
            name: string;
            scopes: components["schemas"]["TokenScope"][];
            /** @description The only customer that it is good for. */
            customerId?: components["schemas"]["CustomerId"];
            createdAt: components["schemas"]["Time"];
            /** @description Left out when it does not end. */
            expiresAt?: components["schemas"]["Time"];
        };
        TokenCreate: {
            /** @description What it is for. */
            name: string;
            scopes: components["schemas"]["TokenScope"][];
            /** @description The only customer that it is to be good for. */
            customerId?: components["schemas"]["CustomerId"];
            /** @default 90 */
            expiresInDays?: number;
        };
        TokenMade: {
            token: components["schemas"]["Token"];
            /** @description Answered once. */
            readonly secret?: string;
        };
        TokenList: {
            items: components["schemas"]["Token"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /**
         * @description What the user may do.
         * @enum {string}
         */
        Role: "admin" | "reseller" | "owner" | "member";
        PlanLimits: {
            /** @description Sum of the CPU requests. Limits are double. */
            cpu: components["schemas"]["CpuQuantity"];
            /** @description Sum of the memory requests. Limits are double. */
            memory: components["schemas"]["BytesQuantity"];
            /** @description Sum of the volumes. */
            storage: components["schemas"]["BytesQuantity"];
            /**
             * @description Number of volumes.
             * @default 2
             */
            volumes?: number;
            /**
             * @description Number of sites.
             * @default 5
             */
            sites?: number;
            /**
             * @description Number of domains.
             * @default 5
             */
            domains?: number;
            /**
             * @description Number of mailboxes.
             * @default 10
             */
            mailboxes?: number;
            /** @description Sum of the mailboxes' quotas. Left out, 1Gi for each mailbox. */
            mailStorage?: components["schemas"]["BytesQuantity"];
            /**
             * @description Number of aliases.
             * @default 100
             */
            aliases?: number;
            /**
             * @description Number of databases.
             * @default 1
             */
            databases?: number;
        };
        PlanCreate: components["schemas"]["PlanLimits"] & {
            id: components["schemas"]["PlanId"];
        };
        PlanReplace: components["schemas"]["PlanLimits"];
        /**
         * @description The limits that a customer bought.
         * @example {
         *       "id": "small",
         *       "cpu": "500m",
         *       "memory": "512Mi",
         *       "storage": "10Gi",
         *       "volumes": 2,
         *       "sites": 2,
         *       "domains": 2,
         *       "mailboxes": 10,
         *       "mailStorage": "10Gi",
         *       "aliases": 100,
         *       "databases": 1,
         *       "customers": 1
         *     }
         */
        Plan: components["schemas"]["PlanLimits"] & {
            id: components["schemas"]["PlanId"];
            /** @description How many customers have it. */
            customers: number;
        };
        PlanList: {
            items: components["schemas"]["Plan"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /** @description For the next page; left out on the last one. */
        NextCursor: string;
        /**
         * @description `active`: served. `suspended`: kept, and not served. `trashed`: as suspended, and erased at `eraseAt`. `erasing`:
         *     being removed from every plane.
         * @enum {string}
         */
        CustomerState: "active" | "suspended" | "trashed" | "erasing";
        /**
         * @description A name for people.
         * @example Example Ltd
         */
        CustomerName: string;
        CustomerCreate: {
            id: components["schemas"]["CustomerId"];
            /** @description A name for people; the id when it is left out. */
            name?: components["schemas"]["CustomerName"];
            plan: components["schemas"]["PlanId"];
        };
        CustomerUpdate: {
            name?: components["schemas"]["CustomerName"];
            plan?: components["schemas"]["PlanId"];
            spam?: components["schemas"]["SpamChange"];
        };
        /**
         * @description From this score on mail goes to the folder Junk.
         * @example 6
         */
        SpamJunk: number;
        /**
         * @description From this score on mail is refused. More than `junk`.
         * @example 15
         */
        SpamReject: number;
        /** @description What becomes of mail to the customer's mailboxes by its score, the points that it got for what makes it look like spam. */
        Spam: {
            junk: components["schemas"]["SpamJunk"];
            reject: components["schemas"]["SpamReject"];
        };
        /** @description One of the limits, or both. What is left out stays. */
        SpamChange: {
            junk?: components["schemas"]["SpamJunk"];
            reject?: components["schemas"]["SpamReject"];
        };
        CustomerSuspend: {
            /**
             * @description Why; seen by those who run the installation.
             * @example unpaid invoice
             */
            reason?: string;
        };
        /** @description A tenant. */
        Customer: {
            id: components["schemas"]["CustomerId"];
            /**
             * Format: uuid
             * @description Never used twice; an id can be.
             * @example 0e0c33a1-6b5a-4a0e-9a6e-0c9b7b0a4f11
             */
            uid: string;
            name: components["schemas"]["CustomerName"];
            plan: components["schemas"]["PlanId"];
            state: components["schemas"]["CustomerState"];
            /** @description Why it is suspended. */
            suspendReason?: string;
            /** @description Every step is true and the probe saw it from outside. */
            ready: boolean;
            spam: components["schemas"]["Spam"];
            /**
             * Format: int64
             * @description Grows with every accepted change.
             */
            generation: number;
            /**
             * Format: int64
             * @description The generation that the planes were last seen to have.
             */
            observedGeneration: number;
            createdAt: components["schemas"]["Time"];
            updatedAt: components["schemas"]["Time"];
            /** @description When it went to the trash. */
            trashedAt?: components["schemas"]["Time"];
            /** @description When it will be erased. */
            eraseAt?: components["schemas"]["Time"];
            /** @description What it has. */
            counts: {
                sites: number;
                domains: number;
            };
        };
        CustomerList: {
            items: components["schemas"]["Customer"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        CustomerAccepted: {
            operation: components["schemas"]["Operation"];
            customer: components["schemas"]["Customer"];
        };
        /**
         * @description What serves the site. `static`: files.
         * @enum {string}
         */
        Runtime: "static";
        /** @description The names that route to the site. The first is the main one. */
        Hostnames: components["schemas"]["Hostname"][];
        /**
         * @description How many pods serve the site.
         * @default 1
         */
        Replicas: number;
        SiteCreate: {
            customerId: components["schemas"]["CustomerId"];
            hostnames: components["schemas"]["Hostnames"];
            /** @default static */
            runtime?: components["schemas"]["Runtime"];
            replicas?: components["schemas"]["Replicas"];
        };
        SiteUpdate: {
            hostnames?: components["schemas"]["Hostnames"];
            replicas?: components["schemas"]["Replicas"];
        };
        SiteRollback: {
            /** @description The release to serve; the one before the current when it is left out. */
            release?: components["schemas"]["ReleaseId"];
        };
        /** @description A web workload of a customer. */
        Site: {
            id: components["schemas"]["SiteId"];
            customerId: components["schemas"]["CustomerId"];
            hostnames: components["schemas"]["Hostnames"];
            runtime: components["schemas"]["Runtime"];
            replicas: components["schemas"]["Replicas"];
            /**
             * Format: uri
             * @description Where visitors find it.
             * @example https://hello.localhost:8443
             */
            url: string;
            /** @description The release that is served; left out when there is none. */
            release?: components["schemas"]["ReleaseId"];
            /** @description Every step of the site is true. */
            ready: boolean;
            /** @description The site's steps; only when one site is read. */
            conditions?: components["schemas"]["Condition"][];
            createdAt: components["schemas"]["Time"];
            /**
             * Format: int64
             * @description Grows with every accepted change.
             */
            generation: number;
        };
        SiteList: {
            items: components["schemas"]["Site"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        SiteAccepted: {
            operation: components["schemas"]["Operation"];
            site: components["schemas"]["Site"];
        };
        /**
         * @description `uploaded`: whole and checked. `deploying`: being unpacked. `current`: served. `kept`: was served, and can be again.
         *     `failed`: see `message`.
         * @enum {string}
         */
        ReleaseState: "uploaded" | "deploying" | "current" | "kept" | "failed";
        /** @description One upload of a site's files. */
        Release: {
            id: components["schemas"]["ReleaseId"];
            siteId: components["schemas"]["SiteId"];
            /** @description SHA-256 of the archive. */
            sha256: string;
            /**
             * Format: int64
             * @description Bytes of the archive.
             */
            size: number;
            /**
             * Format: int64
             * @description Files in it; known when it was unpacked.
             */
            files?: number;
            state: components["schemas"]["ReleaseState"];
            /** @description Why it failed. */
            message?: string;
            createdAt: components["schemas"]["Time"];
            /** @description When it was last switched to. */
            deployedAt?: components["schemas"]["Time"];
        };
        ReleaseList: {
            items: components["schemas"]["Release"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        ReleaseAccepted: {
            operation: components["schemas"]["Operation"];
            release: components["schemas"]["Release"];
        };
        /** @description What is public of a DKIM key. */
        DkimKey: {
            selector: string;
            /** @enum {string} */
            algorithm: "rsa" | "ed25519";
            /** @enum {string} */
            state: "published" | "signing" | "retired";
            createdAt: components["schemas"]["Time"];
            /** @description When its record was seen first. */
            publishedAt?: components["schemas"]["Time"];
            /** @description Since when it signs. */
            signingAt?: components["schemas"]["Time"];
            /** @description Since when it signs no more. */
            retiredAt?: components["schemas"]["Time"];
            /** @description The record that verifies what it signs. */
            record: {
                /** @description Without the dot at the end. */
                name: string;
                /** @enum {string} */
                type: "TXT";
                /** @description The text as a whole, without quotation marks. */
                value: string;
            };
        };
        DkimKeyList: {
            items: components["schemas"]["DkimKey"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /** @description A record that a domain's mail needs. */
        MailRecord: {
            /** @description Without the final dot. */
            name: string;
            /** @enum {string} */
            type: "MX" | "TXT" | "SRV" | "CNAME";
            /** @description Seconds. */
            ttl: number;
            /** @description TXT: the text as a whole, without quotation marks. */
            value: string;
        };
        MailRecordList: {
            items: components["schemas"]["MailRecord"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        MailCheck: {
            /** @description Each of the records is right, and so is what is served. */
            ok: boolean;
            /** @description The domain is delegated to other name servers than Berth's, where the records are to be set. */
            elsewhere: boolean;
            records: {
                name: string;
                /** @enum {string} */
                type: "MX" | "TXT" | "SRV" | "CNAME";
                /** @description What is wanted. */
                value: string;
                /** @description What the resolver says; of a CNAME the addresses that the name leads to. */
                found: string[];
                ok: boolean;
                /** @description What is wrong, and what to do. */
                problem?: string;
            }[];
            /** @description What is served at those of the domain's names that lead here, and the mail host's certificate. */
            services: {
                /** @example https://mta-sts.shop.example/.well-known/mta-sts.txt */
                name: string;
                ok: boolean;
                /** @description What is wrong. */
                problem?: string;
            }[];
        };
        DomainCreate: {
            customerId: components["schemas"]["CustomerId"];
            domain: components["schemas"]["Hostname"];
            /** @description The plan of a customer that is made; `small` when it is left out. Refused with `409` when the customer exists with another. */
            plan?: components["schemas"]["PlanId"];
            /** @description The image of a site that is made, in place of the installation's static web server. It must come from an allowed registry and listen on 8080 without root. */
            image?: string;
            /** @description Whether the platform's mail servers are the domain's; true with `mailUsers`, else false when it is left out. */
            mail?: boolean;
            /** @description Mailboxes to make with the domain. */
            mailUsers?: (components["schemas"]["MailLocal"] | components["schemas"]["MailUser"])[];
        };
        DomainUpdate: {
            /** @description Whether the platform's mail servers are the domain's. */
            mail?: boolean;
            /** @description Whether the zone is signed. */
            dnssec?: boolean;
            /**
             * @description With `dnssec` false: end the signing at once, even while the parent has a DS.
             * @default false
             */
            force?: boolean;
        };
        DomainVerify: {
            /**
             * @description Confirm the domain without a proof; for admins.
             * @default false
             */
            force?: boolean;
        };
        /** @description The record that proves the domain to be this customer's. It may be a CNAME to where the TXT is. */
        Challenge: {
            /** @example _berth-challenge.shop.example */
            name: string;
            /** @enum {string} */
            type: "TXT";
            /** @example berth-0f4c1d2e3b4a59687786a5b4c3d2e1f0 */
            value: string;
            /** @description When the claim ends unless a proof is seen. */
            expiresAt: components["schemas"]["Time"];
        };
        /** @description A DNS zone that Berth serves for a customer. */
        Domain: {
            name: components["schemas"]["Hostname"];
            customerId: components["schemas"]["CustomerId"];
            /** @description What the parent zone must delegate to. */
            nameservers: string[];
            createdAt: components["schemas"]["Time"];
            /**
             * @description `platform`: free below the installation's domains. `pending`: no proof was seen yet, so nothing of it is routed, and its
             *     zone holds nothing of the customer's. `proven`: a proof was seen; it stays so.
             * @enum {string}
             */
            ownership: "pending" | "platform" | "proven";
            /** @description What is to be published; only of a pending domain. */
            challenge?: components["schemas"]["Challenge"];
            /**
             * @description How it was proven. `earlier`: from before proofs were asked for.
             * @enum {string}
             */
            proof?: "txt" | "delegation" | "admin" | "earlier";
            provenAt?: components["schemas"]["Time"];
            /** @description Since when the delegation that proved it is no longer seen. It stays proven. */
            undelegatedSince?: components["schemas"]["Time"];
            /** @description Whether the zone is to be signed. */
            dnssec: boolean;
            /**
             * @description The DS records to publish at the registrar; empty while the zone is not signed.
             * @example [
             *       "31406 13 2 0ff7fb..."
             *     ]
             */
            ds: string[];
            /**
             * @description The public keys, for registrars that ask for them.
             * @example [
             *       "257 3 13 oJMRES..."
             *     ]
             */
            dnskey: string[];
            /** @description Whether the platform's mail servers are to be the domain's. */
            mail: boolean;
            /**
             * @description What other mail servers are told of TLS on the way of mail to the domain (RFC 8461). `testing` becomes `enforce` when all
             *     was seen fine for long enough. `none` takes a policy back, for as long as they may hold it.
             * @enum {string}
             */
            mtaSts: "off" | "testing" | "enforce" | "none";
            /**
             * @description Name of the platform's mail servers, which mail programs connect to; left out where there are none.
             * @example mail.berth.localhost
             */
            mailHost?: string;
            /** @description What was last seen of the domain; only when one domain is read. */
            conditions?: components["schemas"]["Condition"][];
            /** @description It is not pending, and the name server answered for it authoritatively. */
            ready: boolean;
        };
        DomainList: {
            items: components["schemas"]["Domain"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        DomainAccepted: {
            operation: components["schemas"]["Operation"];
            domain: components["schemas"]["Domain"];
            /** @description The customer. */
            customer?: components["schemas"]["Customer"];
            /** @description The site that was made for the domain. */
            site?: components["schemas"]["Site"];
        };
        /**
         * @description What stands before the @: small letters, digits, inner dots, dashes and underscores, no dash in front. Mail to it with `+` and
         *     anything behind is delivered to it too.
         * @example anna
         */
        MailLocal: string;
        /**
         * @description An address in a domain of this installation, in its one spelling.
         * @example anna@hello.localhost
         */
        MailAddress: string;
        /**
         * @description As a mailbox's, or `*` before the @ for the catch-all of the domain.
         * @example info@hello.localhost
         */
        AliasAddress: string;
        /**
         * @description Where mail is sent on to. Kept in lower case, its domain in A-labels.
         * @example anna@hello.localhost
         */
        MailTarget: string;
        /** @description In bytes; not the address. */
        MailPassword: string;
        /**
         * @description In place of a password: a hash that was made elsewhere, with its scheme before it. `{ARGON2ID}`, `{SHA512-CRYPT}` and
         *     `{BLF-CRYPT}` are taken, as long as they do not cost too much to check.
         */
        MailPasswordHash: string;
        MailUser: {
            local: components["schemas"]["MailLocal"];
            password?: components["schemas"]["MailPassword"];
            name?: string;
            quota?: components["schemas"]["BytesQuantity"];
        };
        /** @description Answers who writes, each sender once in a while (RFC 3834). */
        AutoReply: {
            on: boolean;
            /** @description Empty for one that is made of the message's. */
            subject?: string;
            /** @description Needed when it is on. */
            text?: string;
            /** @description Not before this time. */
            from?: components["schemas"]["Time"];
            /** @description Not after this time. */
            until?: components["schemas"]["Time"];
        };
        Mailbox: {
            address: components["schemas"]["MailAddress"];
            domain: components["schemas"]["Hostname"];
            customerId: components["schemas"]["CustomerId"];
            /** @description Of the person. */
            name: string;
            /** @description Without one nobody can sign in. */
            hasPassword: boolean;
            /** @description How much mail it holds. */
            quota: components["schemas"]["BytesQuantity"];
            /** @description False: nobody signs in or sends; mail is still received. */
            active: boolean;
            /** @description Addresses that get a copy of what comes in. */
            forwards: components["schemas"]["MailTarget"][];
            /** @description What is forwarded stays here too. True without forwards. */
            keep: boolean;
            autoReply: components["schemas"]["AutoReply"];
            createdAt: components["schemas"]["Time"];
        };
        MailboxCreate: {
            address: components["schemas"]["MailAddress"];
            name?: string;
            password?: components["schemas"]["MailPassword"];
            passwordHash?: components["schemas"]["MailPasswordHash"];
            /** @description 1Mi to 1Ti; 1Gi when it is left out. */
            quota?: components["schemas"]["BytesQuantity"];
            /** @default true */
            active?: boolean;
            forwards?: components["schemas"]["MailTarget"][];
            /** @default true */
            keep?: boolean;
            autoReply?: components["schemas"]["AutoReply"];
        };
        MailboxImport: {
            /** @description No address twice, and each with `passwordHash` or `password`. */
            items: components["schemas"]["MailboxCreate"][];
        };
        MailboxImportAccepted: {
            operation: components["schemas"]["Operation"];
            /** @description How many were made. */
            mailboxes: number;
        };
        MailboxUpdate: {
            name?: string;
            password?: components["schemas"]["MailPassword"];
            passwordHash?: components["schemas"]["MailPasswordHash"];
            quota?: components["schemas"]["BytesQuantity"];
            active?: boolean;
            forwards?: components["schemas"]["MailTarget"][];
            keep?: boolean;
            autoReply?: components["schemas"]["AutoReply"];
        };
        MailboxList: {
            items: components["schemas"]["Mailbox"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        MailboxAccepted: {
            operation: components["schemas"]["Operation"];
            mailbox: components["schemas"]["Mailbox"];
        };
        /** @description An address without a mailbox. */
        Alias: {
            address: components["schemas"]["AliasAddress"];
            domain: components["schemas"]["Hostname"];
            customerId: components["schemas"]["CustomerId"];
            targets: components["schemas"]["MailTarget"][];
            createdAt: components["schemas"]["Time"];
        };
        AliasCreate: {
            address: components["schemas"]["AliasAddress"];
            targets: components["schemas"]["MailTarget"][];
        };
        AliasUpdate: {
            targets: components["schemas"]["MailTarget"][];
        };
        AliasList: {
            items: components["schemas"]["Alias"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        AliasAccepted: {
            operation: components["schemas"]["Operation"];
            alias: components["schemas"]["Alias"];
        };
        /** @description One RRset of a zone. */
        Record: {
            /**
             * @description Without the final dot.
             * @example www.hello.localhost
             */
            name: string;
            /** @example A */
            type: string;
            /**
             * @description Seconds.
             * @example 300
             */
            ttl: number;
            /**
             * @description In the presentation format of the type.
             * @example [
             *       "10.77.0.11"
             *     ]
             */
            values: string[];
            /** @description Berth keeps it as it should be. */
            owned: boolean;
            /**
             * @description `berth`: by itself. `customer`: as the customer asked for it. `nobody`: it was written by hand, and is left alone.
             * @enum {string}
             */
            keptBy?: "berth" | "customer" | "nobody";
        };
        /**
         * @description A type that can be written.
         * @enum {string}
         */
        RecordType: "A" | "AAAA" | "CAA" | "CNAME" | "DS" | "HTTPS" | "MX" | "NAPTR" | "NS" | "PTR" | "SRV" | "SSHFP" | "SVCB" | "TLSA" | "TXT";
        /**
         * @description In the presentation format of the type (RFC 1035). Names are whole, with or without the final dot. TXT may be plain
         *     text: what does not begin with a quotation mark is quoted, and cut into strings of 255 bytes.
         * @example 10 mail.hello.localhost.
         */
        RecordValue: string;
        /** @description An RRset that the customer asked for. */
        RecordSet: {
            /**
             * @description Without the final dot.
             * @example mail.hello.localhost
             */
            name: string;
            type: components["schemas"]["RecordType"];
            /**
             * @description Seconds.
             * @example 300
             */
            ttl: number;
            values: components["schemas"]["RecordValue"][];
        };
        RecordWrite: {
            /**
             * @description Seconds.
             * @default 300
             */
            ttl?: number;
            values: components["schemas"]["RecordValue"][];
        };
        RecordAccepted: {
            operation: components["schemas"]["Operation"];
            record: components["schemas"]["RecordSet"];
        };
        /** @description What an import has done, or would do, counted in RRsets. */
        Import: {
            /** @description New or changed. */
            written: number;
            /** @description Not in the file (`mode=replace`). */
            deleted: number;
            /** @description As they were. */
            unchanged: number;
            /** @description Left out. */
            skipped: {
                /** @description The RRset's name. */
                name: string;
                /** @description Its type. */
                type: string;
                /** @description Why it was left out. */
                reason: string;
            }[];
        };
        ImportAccepted: {
            operation: components["schemas"]["Operation"];
            import: components["schemas"]["Import"];
        };
        RecordList: {
            items: components["schemas"]["Record"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /**
         * @description An outside system, or the database.
         * @enum {string}
         */
        Plane: "kubernetes" | "dns" | "mail" | "database";
        /** @description One change on one plane. */
        Change: {
            plane: components["schemas"]["Plane"];
            /**
             * @description What would be done.
             * @enum {string}
             */
            action: "create" | "update" | "delete";
            /**
             * @description What would be changed.
             * @example cust-example/Deployment/site-s7k2m9qx1
             */
            object: string;
            /** @description Of an update: what it has now and what it would have. */
            fields?: string[];
        };
        Planned: {
            /** @description In the order in which they would be made. */
            changes: components["schemas"]["Change"][];
            /** @description Of the import of a zone file. */
            import?: components["schemas"]["Import"];
            /** @description Of a bulk change: what could not be changed. */
            refused?: {
                /**
                 * @description What it is.
                 * @example customer/example
                 */
                object: string;
                /** @description Why. */
                message: string;
            }[];
        };
        /**
         * @description One thing that must be true, as it was last observed. The types are the names of the steps: `namespace`, `quota`,
         *     `limits`, `network`, `access`, `storage`, `database`, `web`, `ownership`, `ingress`, `dns`, `dnssec`, `mail`, `dkim`, `maildns`, `mailweb`,
         *     `tls`, `backup`, `probe`. An installation has those of them that it serves.
         */
        Condition: {
            /**
             * @description The step.
             * @example ingress
             */
            type: string;
            /**
             * @description What it is about: the customer, a site or a domain.
             * @example site/s7k2m9qx1
             */
            subject: string;
            /**
             * @description `unknown` before the first observation.
             * @enum {string}
             */
            status: "true" | "false" | "unknown";
            /**
             * @description One word for programs; may be empty.
             * @example WaitingForPods
             */
            reason: string;
            /**
             * @description A sentence for people; may be empty.
             * @example 0 of 1 pods are ready
             */
            message: string;
            /** @description When `status` last changed. */
            since: components["schemas"]["Time"];
            /** @description When the step will be tried again; left out while it is true. */
            nextTry?: components["schemas"]["Time"];
        };
        ConditionList: {
            items: components["schemas"]["Condition"][];
        };
        /**
         * @description `done` and `failed` are final.
         * @enum {string}
         */
        OperationState: "accepted" | "running" | "done" | "failed";
        /** @description One accepted change. */
        Operation: {
            id: components["schemas"]["OperationId"];
            /**
             * @description What was asked for.
             * @example customer.create
             */
            kind: string;
            /** @description Whose it is; left out for a bulk change. */
            customerId?: components["schemas"]["CustomerId"];
            /**
             * @description What it is about.
             * @example customer/example
             */
            subject: string;
            state: components["schemas"]["OperationState"];
            /** @description What is waited for, or why it failed. */
            message?: string;
            createdAt: components["schemas"]["Time"];
            updatedAt: components["schemas"]["Time"];
            /** @description When it became final. */
            finishedAt?: components["schemas"]["Time"];
            /**
             * @description Who asked.
             * @example admin
             */
            actor: string;
            /**
             * @description The request that was accepted.
             * @example 6f3b1c9a2e40
             */
            requestId: string;
            /** @description The steps in their order; empty in a list. */
            steps: components["schemas"]["Condition"][];
            /** @description How far it is; left out in a list. */
            progress?: components["schemas"]["Progress"];
            /** @description What it yielded; the fields depend on the kind. */
            result?: {
                [key: string]: unknown;
            };
        };
        /** @description Of the steps of a customer, or of the objects of a bulk change. */
        Progress: {
            /** @description All of them. */
            total: number;
            /** @description Those that are true, or done. */
            done: number;
            /** @description Objects whose own operation is not final yet. */
            running?: number;
            /** @description Objects that were not looked at yet. */
            waiting?: number;
            /** @description Objects whose own operation has failed. */
            failed?: number;
            /** @description Objects that could not be changed. */
            refused?: number;
        };
        /**
         * @description `waiting`: not looked at yet. `running`: accepted. `refused`: it could not be changed, see `message`. The last three are final.
         * @enum {string}
         */
        OperationItemState: "waiting" | "running" | "done" | "failed" | "refused";
        /** @description One object of a bulk change. */
        OperationItem: {
            /**
             * Format: int64
             * @description Its place in the order of the work.
             */
            position: number;
            /**
             * @description The id of the customer or site.
             * @example example
             */
            object: string;
            state: components["schemas"]["OperationItemState"];
            /** @description Why it was refused, or what its operation waits for. */
            message?: string;
            /** @description The operation of this object. */
            operation?: components["schemas"]["OperationId"];
        };
        OperationItemList: {
            items: components["schemas"]["OperationItem"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        CustomerBulk: {
            /** @description Which customers. At least one of these; several must all hold. */
            filter: {
                /** @description Really all; not together with another filter. */
                all?: boolean;
                /**
                 * @description Those with this plan.
                 * @example small
                 */
                plan?: string;
                /** @description Those in this state. */
                state?: components["schemas"]["CustomerState"];
                /** @description Those whose id or name contains this, whatever its case. */
                q?: string;
                /**
                 * @description Those that are ready, or that are not.
                 * @enum {string}
                 */
                ready?: "true" | "false";
            };
            /** @description What to do with each. */
            change: {
                /**
                 * @description As the single change of that name.
                 * @enum {string}
                 */
                action: "update" | "suspend" | "resume" | "reconcile";
                /** @description The new plan; with `update`, which needs it. */
                plan?: components["schemas"]["PlanId"];
                /** @description Why; with `suspend`. */
                reason?: string;
            };
        };
        SiteBulk: {
            /** @description Which sites. At least one of these; several must all hold. */
            filter: {
                /** @description Really all; not together with another filter. */
                all?: boolean;
                /**
                 * @description Those of customers with this plan.
                 * @example small
                 */
                plan?: string;
                /**
                 * @description Those of this customer.
                 * @example example
                 */
                customer?: string;
                /** @description Those whose id or one of whose hostnames contains this. */
                q?: string;
                /**
                 * @description Those with this runtime.
                 * @example static
                 */
                runtime?: string;
            };
            /** @description What to do with each. */
            change: {
                /**
                 * @description As the single change of that name.
                 * @enum {string}
                 */
                action: "update";
                /** @description How many pods serve it. */
                replicas: number;
            };
        };
        BulkAccepted: {
            operation: components["schemas"]["Operation"];
            /** @description How many objects the filter names. */
            objects: number;
        };
        OperationList: {
            items: components["schemas"]["Operation"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /** @description Something that happened. */
        Event: {
            /**
             * Format: int64
             * @description Grows with every event.
             */
            seq: number;
            at: components["schemas"]["Time"];
            customerId: components["schemas"]["CustomerId"];
            /**
             * @description `Warning`: somebody should look.
             * @enum {string}
             */
            type: "Normal" | "Warning";
            /**
             * @description One word for programs.
             * @example Repaired
             */
            reason: string;
            /**
             * @description What it happened to.
             * @example cust-example/Service/site-s7k2m9qx1
             */
            object: string;
            /** @description A sentence for people. */
            message: string;
        };
        EventList: {
            items: components["schemas"]["Event"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        /** @description One change. */
        AuditRow: {
            /**
             * Format: int64
             * @description 1, 2, 3, without a gap.
             */
            seq: number;
            at: components["schemas"]["Time"];
            /**
             * @description Who asked.
             * @example admin
             */
            actor: string;
            /**
             * @description What was asked for.
             * @example customer.create
             */
            action: string;
            /** @description Whose it is; left out when it is no customer's. */
            customerId?: components["schemas"]["CustomerId"];
            /**
             * @description The row that it is about.
             * @example example
             */
            subject: string;
            /** @example 6f3b1c9a2e40 */
            requestId: string;
            /** @description Of this row and all before it. */
            hash: string;
        };
        AuditList: {
            items: components["schemas"]["AuditRow"][];
            nextCursor?: components["schemas"]["NextCursor"];
        };
        AuditVerdict: {
            /** @description Every row is as it was written. */
            whole: boolean;
            /**
             * Format: int64
             * @description How many rows were read.
             */
            rows: number;
            /** @description The hash of the newest row. Kept elsewhere, it also tells a log that was made anew. */
            head: string;
            /**
             * Format: int64
             * @description The `seq` of the first row that is not as it was written.
             */
            firstBroken?: number;
            /** @description What is wrong with it. */
            reason?: string;
        };
        Version: {
            /** @example 1.0.0 */
            version: string;
            /** @description The source that it was built from. */
            commit?: string;
        };
    };
    responses: {
        /** @description What the request would change. Nothing was changed. */
        Planned: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Planned"];
            };
        };
        /** @description Accepted. Follow the operation. */
        CustomerAccepted: {
            headers: {
                Location: components["headers"]["Location"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["CustomerAccepted"];
            };
        };
        /** @description Accepted. Follow the operation. */
        SiteAccepted: {
            headers: {
                Location: components["headers"]["Location"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SiteAccepted"];
            };
        };
        /** @description Accepted. Follow the operation. */
        DomainAccepted: {
            headers: {
                Location: components["headers"]["Location"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["DomainAccepted"];
            };
        };
        /** @description Accepted. Follow the operation. */
        RecordAccepted: {
            headers: {
                Location: components["headers"]["Location"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RecordAccepted"];
            };
        };
        /** @description Accepted. Follow the operation. */
        MailboxAccepted: {
            headers: {
                Location: components["headers"]["Location"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["MailboxAccepted"];
            };
        };
        /** @description Accepted. Follow the operation. */
        AliasAccepted: {
            headers: {
                Location: components["headers"]["Location"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AliasAccepted"];
            };
        };
        /** @description The request is not one that this API understands. */
        Invalid: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "The request is not valid",
                 *       "status": 400,
                 *       "detail": "the body is not JSON: unexpected end at byte 17",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no token or session, or it is not valid any more. */
        Unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Sign in first",
                 *       "status": 401,
                 *       "detail": "the token is not known",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The user may not do this, or the request came from another origin. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not allowed",
                 *       "status": 403,
                 *       "detail": "the role 'member' may not do this",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is not there, or belongs to somebody else. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "there is no customer 'example'",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path does not take this method; `Allow` names those that it takes. */
        BadMethod: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Method not allowed",
                 *       "status": 405,
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The present state does not allow it. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "In conflict with the present state",
                 *       "status": 409,
                 *       "detail": "the customer 'example' exists already",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The change replaces all of the resource, so it needs `If-Match`: the `ETag` that was read, or `*`. */
        Required: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "A precondition is needed",
                 *       "status": 428,
                 *       "detail": "this replaces all of it, so say by If-Match what it replaces: the ETag that was read, or *",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource is not the one of `If-Match` any more. */
        Stale: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Changed by somebody else in the meantime",
                 *       "status": 412,
                 *       "detail": "the resource has generation 4",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Too large",
                 *       "status": 413,
                 *       "detail": "the body has more than 1048576 bytes",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body has a type that this operation does not take. */
        BadType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Media type not supported",
                 *       "status": 415,
                 *       "detail": "application/json is needed here",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Fields of the body are not valid; `errors` names each. */
        Unprocessable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "A field is not valid",
                 *       "status": 422,
                 *       "detail": "1 field is not valid",
                 *       "requestId": "6f3b1c9a2e40",
                 *       "errors": [
                 *         {
                 *           "pointer": "/id",
                 *           "message": "only a-z, 0-9 and inner dashes"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests; come back later. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "try again in 2 seconds",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A fault of the server; its log has more under the request id. */
        Internal: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database cannot be reached at the moment. Nothing was accepted, unless the detail says that this is not known: then repeat with the same Idempotency-Key. */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Temporarily unavailable",
                 *       "status": 503,
                 *       "detail": "the database does not answer",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A plane did not answer in time. Nothing was changed. */
        TimedOut: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Timed out",
                 *       "status": 504,
                 *       "detail": "the API server does not answer",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no space left to accept it. */
        Full: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "No space left",
                 *       "status": 507,
                 *       "detail": "the disk is full",
                 *       "requestId": "6f3b1c9a2e40"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The user's id or e-mail address. */
        UserId: string;
        /** @description The token's id. */
        TokenId: components["schemas"]["TokenId"];
        /** @description Items a page. */
        Limit: number;
        /** @description `nextCursor` of the page before. */
        Cursor: string;
        /** @description Answer with the changes that the request would make, and make none. */
        DryRun: boolean;
        /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
        IfMatch: string;
        /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
        IdempotencyKey: string;
        /** @description Only what belongs to this customer. */
        CustomerFilter: string;
        /** @description Only what lies in this domain. */
        DomainFilter: string;
        /** @description The mailbox's address. */
        MailAddress: components["schemas"]["MailAddress"];
        /** @description The alias's address. */
        AliasAddress: components["schemas"]["AliasAddress"];
        /** @description The plan's id. */
        PlanId: components["schemas"]["PlanId"];
        /** @description The customer's id. */
        CustomerId: components["schemas"]["CustomerId"];
        /** @description The site's id, or one of its hostnames. */
        SiteRef: components["schemas"]["SiteId"] | components["schemas"]["Hostname"];
        /** @description The domain's name. */
        DomainName: components["schemas"]["Hostname"];
        /** @description The operation's id. */
        OperationId: components["schemas"]["OperationId"];
    };
    requestBodies: never;
    headers: {
        /** @description The operation to follow (or, with `201`, the new resource). */
        Location: string;
        /** @description The version of the resource, for `If-Match`. */
        ETag: string;
        /** @description Seconds to wait before the next attempt. */
        RetryAfter: number;
        /** @description The request's id; the server's log has it too. */
        RequestId: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user that the token or cookie belongs to. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionCreate"];
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    /** @description The session's cookie. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    redeemLink: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkRedeem"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description The password is set; sign in with it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Totp"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    enrolTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpEnrol"];
            };
        };
        responses: {
            /** @description Begun. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpEnrolment"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpConfirm"];
            };
        };
        responses: {
            /** @description Active. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpRecoveryCodes"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    disableTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpProof"];
            };
        };
        responses: {
            /** @description Disabled. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    renewRecoveryCodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpProof"];
            };
        };
        responses: {
            /** @description The codes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpRecoveryCodes"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Only users with this role. */
                role?: components["schemas"]["Role"];
                /** @description Only users that were given this customer. */
                customer?: string;
                /** @description Only users whose address or name contains this, whatever its case. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "id" | "-id" | "email" | "-email" | "name" | "-name" | "role" | "-role" | "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Made. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserLink"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteUser: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    updateUser: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserUpdate"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserAnswer"] | components["schemas"]["Planned"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    createUserLink: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            /** @description Made. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserLink"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    resetUserTotp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The user's id or e-mail address. */
                user: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Reset. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description Only tokens that are good for this customer only. */
                customer?: string;
                /** @description Only tokens whose name contains this, whatever its case. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "id" | "-id" | "name" | "-name" | "createdAt" | "-createdAt" | "expiresAt" | "-expiresAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createToken: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Made. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMade"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token's id. */
                token: components["parameters"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteToken: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The token's id. */
                token: components["parameters"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    listPlans: {
        parameters: {
            query?: {
                /** @description Only plans whose id contains this. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "id" | "-id" | "sites" | "-sites" | "domains" | "-domains" | "mailboxes" | "-mailboxes" | "databases" | "-databases" | "customers" | "-customers";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of plans. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPlan: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Made. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The plan's id. */
                plan: components["parameters"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    replacePlan: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The plan's id. */
                plan: components["parameters"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanReplace"];
            };
        };
        responses: {
            /** @description Replaced. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"] | components["schemas"]["Planned"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["Required"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    deletePlan: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The plan's id. */
                plan: components["parameters"]["PlanId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    listCustomers: {
        parameters: {
            query?: {
                /** @description Only customers in this state. */
                state?: components["schemas"]["CustomerState"];
                /** @description Only customers with this plan. */
                plan?: string;
                /** @description Only customers whose id or name contains this, whatever its case. */
                q?: string;
                /** @description Only customers that are ready, or that are not. */
                ready?: boolean;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "id" | "-id" | "name" | "-name" | "plan" | "-plan" | "state" | "-state" | "createdAt" | "-createdAt" | "updatedAt" | "-updatedAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of customers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createCustomer: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    bulkCustomers: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerBulk"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Accepted. Follow the operation. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAccepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The customer. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteCustomer: {
        parameters: {
            query?: {
                /** @description Erase at once, without the time in the trash. */
                purge?: boolean;
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    updateCustomer: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerUpdate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    suspendCustomer: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CustomerSuspend"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    resumeCustomer: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    restoreCustomer: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    reconcileCustomer: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["CustomerAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    diffCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listCustomerConditions: {
        parameters: {
            query?: {
                /** @description Only conditions of this step. */
                type?: string;
                /** @description Only conditions with this status. */
                status?: "true" | "false" | "unknown";
            };
            header?: never;
            path: {
                /** @description The customer's id. */
                customer: components["parameters"]["CustomerId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conditions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConditionList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSites: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only sites of customers with this plan. */
                plan?: string;
                /** @description Only sites with this runtime. */
                runtime?: string;
                /** @description Only sites whose id or one of whose hostnames contains this. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "id" | "-id" | "customerId" | "-customerId" | "createdAt" | "-createdAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sites. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSite: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["SiteAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    bulkSites: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteBulk"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Accepted. Follow the operation. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAccepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getSite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The site, with its conditions. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteSite: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["SiteAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    updateSite: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteUpdate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["SiteAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listReleases: {
        parameters: {
            query?: {
                /** @description Only releases in this state. */
                state?: components["schemas"]["ReleaseState"];
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "createdAt" | "-createdAt" | "size" | "-size";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of releases. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createRelease: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description SHA-256 of the body in lower-case hex. A body that differs is refused with `422`. */
                "X-Content-SHA256"?: string;
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-tar": string;
                "application/gzip": string;
                "application/zip": string;
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Accepted. The release is uploaded and is being deployed. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseAccepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    rollbackSite: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The site's id, or one of its hostnames. */
                site: components["parameters"]["SiteRef"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SiteRollback"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["SiteAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listDomains: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only domains whose name contains this. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "name" | "-name" | "customerId" | "-customerId" | "createdAt" | "-createdAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of domains. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createDomain: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DomainCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["DomainAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    getDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The domain. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Domain"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteDomain: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["DomainAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    updateDomain: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DomainUpdate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["DomainAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    verifyDomain: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DomainVerify"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["DomainAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listDkimKeys: {
        parameters: {
            query?: {
                /** @description Only keys in this state. */
                state?: "published" | "signing" | "retired";
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "createdAt" | "-createdAt" | "selector" | "-selector" | "state" | "-state";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DkimKeyList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
        };
    };
    rotateDkimKeys: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["DomainAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listMailRecords: {
        parameters: {
            query?: {
                /** @description Only records of this type. */
                type?: "MX" | "TXT" | "SRV" | "CNAME";
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "name" | "-name" | "type" | "-type";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailRecordList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
        };
    };
    checkDomainMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailCheck"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listRecords: {
        parameters: {
            query?: {
                /** @description Only RRsets of this type. */
                type?: string;
                /** @description Only what is kept by this. */
                keptBy?: "berth" | "customer" | "nobody";
                /** @description Only RRsets whose name contains this. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "name" | "-name" | "type" | "-type" | "ttl" | "-ttl";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of RRsets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
        };
    };
    getRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
                /**
                 * @description A name in the zone, or `@` for the zone itself. Upper case and Unicode are converted to lower-case A-labels. `*` may
                 *     be the first label; underscores are for types that are not about hosts.
                 */
                name: string;
                /** @description The type of the RRset. */
                type: components["schemas"]["RecordType"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The RRset as it should be. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordSet"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    putRecord: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
                /**
                 * @description A name in the zone, or `@` for the zone itself. Upper case and Unicode are converted to lower-case A-labels. `*` may
                 *     be the first label; underscores are for types that are not about hosts.
                 */
                name: string;
                /** @description The type of the RRset. */
                type: components["schemas"]["RecordType"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordWrite"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["RecordAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    deleteRecord: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
                /**
                 * @description A name in the zone, or `@` for the zone itself. Upper case and Unicode are converted to lower-case A-labels. `*` may
                 *     be the first label; underscores are for types that are not about hosts.
                 */
                name: string;
                /** @description The type of the RRset. */
                type: components["schemas"]["RecordType"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["RecordAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    exportZone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The zone file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
        };
    };
    importZone: {
        parameters: {
            query?: {
                /** @description `merge` writes the RRsets of the file; `replace` also deletes those of the customer's that it does not have. */
                mode?: "merge" | "replace";
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The domain's name. */
                domain: components["parameters"]["DomainName"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
                "text/dns": string;
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Accepted. Follow the operation. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportAccepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listMailboxes: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only what lies in this domain. */
                domain?: components["parameters"]["DomainFilter"];
                /** @description Only mailboxes whose address contains this, whatever its case. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "address" | "-address" | "customerId" | "-customerId" | "createdAt" | "-createdAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of mailboxes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailboxList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createMailbox: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailboxCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["MailboxAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    importMailboxes: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailboxImport"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            /** @description Accepted. Follow the operation. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailboxImportAccepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    getMailbox: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The mailbox's address. */
                address: components["parameters"]["MailAddress"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The mailbox. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mailbox"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteMailbox: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The mailbox's address. */
                address: components["parameters"]["MailAddress"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["MailboxAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    updateMailbox: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The mailbox's address. */
                address: components["parameters"]["MailAddress"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailboxUpdate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["MailboxAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listAliases: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only what lies in this domain. */
                domain?: components["parameters"]["DomainFilter"];
                /** @description Only aliases whose address contains this, whatever its case. */
                q?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "address" | "-address" | "customerId" | "-customerId" | "createdAt" | "-createdAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of aliases. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createAlias: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasCreate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["AliasAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    getAlias: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The alias's address. */
                address: components["parameters"]["AliasAddress"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alias. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alias"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteAlias: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The alias's address. */
                address: components["parameters"]["AliasAddress"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["AliasAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    updateAlias: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description The `ETag` that the change is based on, several of them, or `*`. Without it the change is made in any case; what has not this form is answered `400`. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The alias's address. */
                address: components["parameters"]["AliasAddress"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasUpdate"];
            };
        };
        responses: {
            200: components["responses"]["Planned"];
            202: components["responses"]["AliasAccepted"];
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TimedOut"];
            507: components["responses"]["Full"];
        };
    };
    listOperations: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only operations in this state. */
                state?: components["schemas"]["OperationState"];
                /** @description Only operations of this kind, like `customer.create`. */
                kind?: string;
                /** @description Only what this user asked for. */
                actor?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "createdAt" | "-createdAt";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of operations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The operation's id. */
                operation: components["parameters"]["OperationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation, with its steps. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` of the last event that was received. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The operation's id. */
                operation: components["parameters"]["OperationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example id: 1767225600000.7
                     *     event: operation
                     *     data: {"id":"op-4kq2n8d0w7c1x5zb","state":"running"}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listOperationItems: {
        parameters: {
            query?: {
                /** @description Only objects in this state. */
                state?: components["schemas"]["OperationItemState"];
                /** @description By what the list is sorted; `-` before it for descending. */
                sort?: "position" | "-position";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /** @description The operation's id. */
                operation: components["parameters"]["OperationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of objects. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationItemList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only events with a greater `seq`, oldest first. Not together with `cursor`. */
                after?: number;
                /** @description Only events of this type. */
                type?: "Normal" | "Warning";
                /** @description Only events with this reason. */
                reason?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "seq" | "-seq";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Only what belongs to this customer. */
                customer?: components["parameters"]["CustomerFilter"];
                /** @description Only changes by this user. */
                actor?: string;
                /** @description Only changes of this kind. */
                action?: string;
                /** @description Only changes of this row. */
                subject?: string;
                /** @description By what the list is sorted; `-` before it for descending. Rows that are equal by it are in the order of their keys. */
                sort?: "seq" | "-seq";
                /** @description Items a page. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the page before. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the log. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, and what cannot be read. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretKeys"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    rotateSecrets: {
        parameters: {
            query?: {
                /** @description Answer with the changes that the request would make, and make none. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description A name of this request, chosen by the client, for example a UUID. Kept for 24 hours. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretRotation"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["BadType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
            507: components["responses"]["Full"];
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Internal"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            405: components["responses"]["BadMethod"];
            500: components["responses"]["Internal"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            405: components["responses"]["BadMethod"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures, in Prometheus' text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            405: components["responses"]["BadMethod"];
            500: components["responses"]["Internal"];
        };
    };
}
