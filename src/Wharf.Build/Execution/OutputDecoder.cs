using System.Text;

namespace Wharf.Build.Execution;

/// <summary>Decodes a step's output as it comes; a character cut between two reads is put together again.</summary>
internal sealed class OutputDecoder(IBuildOutput output)
{
    private readonly Decoder[] _decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];

    public void Write(ReadOnlyMemory<byte> data, bool isError) => Decode(isError, data.Span, flush: false);

    public void Finish()
    {
        Decode(isError: false, [], flush: true);
        Decode(isError: true, [], flush: true);
    }

    private void Decode(bool isError, ReadOnlySpan<byte> data, bool flush)
    {
        char[] text = new char[Encoding.UTF8.GetMaxCharCount(data.Length) + 1];
        int count = _decoders[isError ? 1 : 0].GetChars(data, text, flush);
        if (count == 0)
        {
            return;
        }

        if (isError)
        {
            output.WriteError(new string(text, 0, count));
        }
        else
        {
            output.WriteLog(new string(text, 0, count));
        }
    }
}
