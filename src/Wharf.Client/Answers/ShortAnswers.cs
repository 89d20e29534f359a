using Wharf.Api.Containers;

namespace Wharf.Client.Answers;

/// <summary>The answers that <c>run</c> and <c>exec</c> wait for, read without descriptions of types.</summary>
internal static class ShortAnswers
{
    public static ContainerCreateResponse Created(ReadOnlySpan<byte> json)
    {
        var created = new ContainerCreateResponse();
        var answer = new AnswerReader(json);
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("Id"u8))
            {
                created.Id = answer.Text();
            }
            else if (answer.Is("Warnings"u8))
            {
                created.Warnings = answer.Texts();
            }
            else
            {
                answer.Skip();
            }
        }

        return created;
    }

    public static ContainerWaitResponse Ended(ReadOnlySpan<byte> json)
    {
        var ended = new ContainerWaitResponse();
        var answer = new AnswerReader(json);
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("StatusCode"u8))
            {
                ended.StatusCode = answer.Number() ?? 0;
            }
            else if (answer.Is("Error"u8))
            {
                ended.Error = Error(ref answer);
            }
            else
            {
                answer.Skip();
            }
        }

        return ended;
    }

    /// <summary>The exit code of an exec; null while it runs.</summary>
    public static long? ExitCode(ReadOnlySpan<byte> json)
    {
        long? code = null;
        var answer = new AnswerReader(json);
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("ExitCode"u8))
            {
                code = answer.Number();
            }
            else
            {
                answer.Skip();
            }
        }

        return code;
    }

    private static ContainerWaitExitError Error(ref AnswerReader answer)
    {
        var error = new ContainerWaitExitError();
        answer.Enter();
        while (answer.Next())
        {
            if (answer.Is("Message"u8))
            {
                error.Message = answer.Text();
            }
            else
            {
                answer.Skip();
            }
        }

        return error;
    }
}
