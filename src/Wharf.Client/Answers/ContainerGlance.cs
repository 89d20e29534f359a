namespace Wharf.Client.Answers;

/// <summary>What a command must know of a container before it joins its streams: the part of <c>GET /containers/{id}/json</c> that decides how.</summary>
public sealed record ContainerGlance
{
    public string Id { get; private set; } = "";

    public bool Running { get; private set; }

    public bool Paused { get; private set; }

    public bool Restarting { get; private set; }

    /// <summary>Its stdio is a terminal.</summary>
    public bool Tty { get; private set; }

    /// <summary>Somebody may write to its stdin.</summary>
    public bool OpenStdin { get; private set; }

    /// <summary>It goes when it ends (<c>--rm</c>).</summary>
    public bool AutoRemove { get; private set; }

    /// <exception cref="System.Text.Json.JsonException">When the answer is not JSON, or a member is of another kind.</exception>
    public static ContainerGlance Parse(ReadOnlySpan<byte> json)
    {
        var glance = new ContainerGlance();
        var answer = new AnswerReader(json);
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("Id"u8))
            {
                glance.Id = answer.Text() ?? "";
            }
            else if (answer.Is("State"u8))
            {
                glance.ReadState(ref answer);
            }
            else if (answer.Is("Config"u8))
            {
                glance.ReadConfig(ref answer);
            }
            else if (answer.Is("HostConfig"u8))
            {
                glance.ReadHostConfig(ref answer);
            }
            else
            {
                answer.Skip();
            }
        }

        return glance;
    }

    private void ReadState(ref AnswerReader answer)
    {
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("Running"u8))
            {
                Running = answer.Flag();
            }
            else if (answer.Is("Paused"u8))
            {
                Paused = answer.Flag();
            }
            else if (answer.Is("Restarting"u8))
            {
                Restarting = answer.Flag();
            }
            else
            {
                answer.Skip();
            }
        }
    }

    private void ReadConfig(ref AnswerReader answer)
    {
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("Tty"u8))
            {
                Tty = answer.Flag();
            }
            else if (answer.Is("OpenStdin"u8))
            {
                OpenStdin = answer.Flag();
            }
            else
            {
                answer.Skip();
            }
        }
    }

    private void ReadHostConfig(ref AnswerReader answer)
    {
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("AutoRemove"u8))
            {
                AutoRemove = answer.Flag();
            }
            else
            {
                answer.Skip();
            }
        }
    }
}
