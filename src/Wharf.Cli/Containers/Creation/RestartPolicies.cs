using System.Globalization;
using Wharf.Api.Containers;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Containers.Creation;

/// <summary><c>--restart no|always|unless-stopped|on-failure[:N]</c>; which names exist is the engine's business.</summary>
internal static class RestartPolicies
{
    public static RestartPolicy Parse(string text)
    {
        if (text.Length == 0)
        {
            return new RestartPolicy { Name = "" };
        }

        int colon = text.IndexOf(':');
        string name = colon < 0 ? text : text[..colon];
        if (name.Length == 0)
        {
            throw new CommandException("invalid restart policy format: no policy provided before colon");
        }

        long count = 0;
        if (colon >= 0 && !long.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count))
        {
            throw new CommandException("invalid restart policy format: maximum retry count must be an integer");
        }

        return new RestartPolicy { Name = name, MaximumRetryCount = count };
    }
}
