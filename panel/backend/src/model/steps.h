/* The steps that make a customer's state true, in the order in which they run; each is a condition's type. What a step does is
 * reconcile/step.h's. */
#ifndef BERTH_MODEL_STEPS_H
#define BERTH_MODEL_STEPS_H

/* X(NAME) */
#define STEPS(X)                                                                                                       \
    X(namespace)                                                                                                       \
    X(quota)                                                                                                           \
    X(limits)                                                                                                          \
    X(network)                                                                                                         \
    X(access)                                                                                                          \
    X(storage)                                                                                                         \
    X(web)                                                                                                             \
    X(ownership)                                                                                                       \
    X(ingress)                                                                                                         \
    X(dns)                                                                                                             \
    X(dnssec)                                                                                                          \
    X(mail)                                                                                                            \
    X(dkim)                                                                                                            \
    X(maildns)                                                                                                         \
    X(mailweb)                                                                                                         \
    X(tls)                                                                                                             \
    X(probe)

#endif
