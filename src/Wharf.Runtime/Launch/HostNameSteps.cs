using System.Text;
using Wharf.Linux;
using Wharf.Linux.Plans;
using Wharf.Primitives;

namespace Wharf.Runtime.Launch;

/// <summary>hostname and domainname.</summary>
internal static class HostNameSteps
{
    public static void Set(PlanBuilder builder, NamespaceChoice namespaces)
    {
        Set(builder, namespaces, "sethostname", Call.sethostname, builder.Spec.Hostname);
        Set(builder, namespaces, "setdomainname", Call.setdomainname, builder.Spec.Domainname);
    }

    private static void Set(PlanBuilder builder, NamespaceChoice namespaces, string verb, int call, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        if (!namespaces.IsSeparate(NamespaceKinds.Uts))
        {
            throw WharfException.Invalid("unable to set hostname without a private UTS namespace");
        }

        builder.Plan.Add(verb, name, call, builder.Plan.Text(name), Encoding.UTF8.GetByteCount(name));
    }
}
