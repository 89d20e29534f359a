using System.Text;
using Wharf.Templates.Formatting;
using Wharf.Templates.Syntax;
using Wharf.Templates.Values;

namespace Wharf.Templates.Execution;

/// <summary>One run of a template: walks the tree, keeps the variables, counts what the run costs.</summary>
internal sealed partial class Evaluator(
    string name,
    string text,
    IReadOnlyDictionary<string, ListNode> definitions,
    IReadOnlyDictionary<string, TemplateFunction> functions,
    TemplateOptions options,
    StringBuilder output)
{
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    // "no value was given": not the same as nil, which is a value
    private static readonly object Missing = new();

    private List<(string Name, object? Value)> _variables = [];
    private Node? _node;
    private string? _executing;
    private int _depth;
    private long _steps;

    public void Run(ListNode root, object? data)
    {
        _variables.Add(("$", data));
        WalkList(data, root);
    }

    private Flow WalkList(object? dot, ListNode list)
    {
        foreach (Node node in list.Nodes)
        {
            Flow flow = Walk(dot, node);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Walk(object? dot, Node node)
    {
        At(node);
        switch (node)
        {
            case TextNode literal:
                Write(literal.Text);
                return Flow.Next;
            case ActionNode action:
                object? value = Pipeline(dot, action.Pipe);
                if (action.Pipe.Variables.Count == 0)
                {
                    Print(node, value);
                }

                return Flow.Next;
            case BranchNode { Kind: BranchKind.Range } range:
                Range(dot, range);
                return Flow.Next;
            case BranchNode branch:
                return Branch(dot, branch);
            case TemplateNode call:
                Call(dot, call);
                return Flow.Next;
            case BreakNode:
                return Flow.Break;
            case ContinueNode:
                return Flow.Continue;
            default:
                throw Error($"unknown node: {node}");
        }
    }

    private Flow Branch(object? dot, BranchNode node)
    {
        int mark = _variables.Count;
        object? value = Pipeline(dot, node.Pipe);
        Flow flow = Flow.Next;
        if (Truth.Of(value))
        {
            flow = WalkList(node.Kind == BranchKind.With ? value : dot, node.Body);
        }
        else if (node.Else is { } otherwise)
        {
            flow = WalkList(dot, otherwise);
        }

        Pop(mark);
        return flow;
    }

    private void Range(object? dot, BranchNode node)
    {
        int outer = _variables.Count;
        object? value = Pipeline(dot, node.Pipe);
        int mark = _variables.Count;
        bool any = false;
        foreach ((object? key, object? element) in Iterate(value))
        {
            any = true;
            SetRangeVariables(node.Pipe, key, element, value is long or ulong);
            Flow flow = WalkList(element, node.Body);
            Pop(mark);
            if (flow == Flow.Break)
            {
                break;
            }
        }

        if (!any && node.Else is { } otherwise)
        {
            WalkList(dot, otherwise);
        }

        Pop(outer);
    }

    private void SetRangeVariables(PipeNode pipe, object? key, object? element, bool overInteger)
    {
        if (pipe.Variables.Count == 0)
        {
            return;
        }

        bool two = pipe.Variables.Count > 1;
        if (two && overInteger)
        {
            throw Error($"can't use {key} to iterate over more than one variable");
        }

        object? first = two ? key : element;
        if (pipe.IsAssign)
        {
            Assign(pipe.Variables[0].Path[0], first);
            if (two)
            {
                Assign(pipe.Variables[1].Path[0], element);
            }

            return;
        }

        // the pipeline itself declared them, before the loop began: set the nearest ones
        Assign(pipe.Variables[0].Path[0], first);
        if (two)
        {
            Assign(pipe.Variables[1].Path[0], element);
        }
    }

    private IEnumerable<(object? Key, object? Element)> Iterate(object? value)
    {
        switch (value)
        {
            case null or TemplateNil:
                yield break;
            case TemplateMap map:
                foreach ((string key, object? element) in map.Entries)
                {
                    yield return (key, element);
                }

                break;
            case IReadOnlyList<object?> list:
                for (int i = 0; i < list.Count; i++)
                {
                    yield return ((long)i, list[i]);
                }

                break;
            case long count:
                for (long i = 0; i < count; i++)
                {
                    Step();
                    yield return (i, i);
                }

                break;
            default:
                if (!ReferenceEquals(value, Missing))
                {
                    throw Error($"range can't iterate over {GoPrint.Value(value)}");
                }

                break;
        }
    }

    private void Call(object? dot, TemplateNode node)
    {
        if (!definitions.TryGetValue(node.Name, out ListNode? body))
        {
            throw Error($"template {GoQuote.Quote(node.Name)} not defined");
        }

        if (_depth >= options.MaxDepth)
        {
            throw Error($"exceeded maximum template depth ({options.MaxDepth})");
        }

        object? argument = node.Pipe is { } pipe ? Pipeline(dot, pipe) : null;
        List<(string, object?)> outer = _variables;
        string? caller = _executing;
        _variables = [("$", argument)];
        _executing = node.Name;
        _depth++;
        WalkList(argument, body);
        _depth--;
        _executing = caller;
        _variables = outer;
    }

    private void Print(Node node, object? value)
    {
        At(node);
        if (value is TemplateMethod)
        {
            throw Error($"can't print {node} of type func");
        }

        string printed = value is null || ReferenceEquals(value, Missing) ? "<no value>" : GoPrint.Value(value);
        Write(options.Shown is { } shown ? shown(printed) : printed);
    }

    private void Write(string piece)
    {
        if (output.Length + (long)piece.Length > options.MaxOutput)
        {
            throw Error($"output is larger than {options.MaxOutput} characters");
        }

        output.Append(piece);
    }

    private void Assign(string variable, object? value)
    {
        for (int i = _variables.Count - 1; i >= 0; i--)
        {
            if (_variables[i].Name == variable)
            {
                _variables[i] = (variable, value);
                return;
            }
        }

        throw Error($"undefined variable: {variable}");
    }

    private void Pop(int mark) => _variables.RemoveRange(mark, _variables.Count - mark);

    private void At(Node node)
    {
        _node = node;
        Step();
    }

    private void Step()
    {
        if (++_steps > options.MaxSteps)
        {
            throw Error($"exceeded maximum number of steps ({options.MaxSteps})");
        }
    }

    private TemplateException Error(string message)
    {
        if (_node is not { } node)
        {
            return new TemplateException($"template: {name}: {message}");
        }

        int position = Math.Min(node.Position, text.Length);
        int newline = position == 0 ? -1 : text.LastIndexOf('\n', position - 1);
        int line = 1 + text.AsSpan(0, position).Count('\n');
        int column = Encoding.UTF8.GetByteCount(text.AsSpan(newline + 1, position - newline - 1));
        string context = node is ListNode or BranchNode or TextNode ? Describe(node) : node.ToString()!;
        return new TemplateException($"template: {name}:{line}:{column}: executing {GoQuote.Quote(_executing ?? name)} at <{context}>: {message}");
    }

    private static string Describe(Node node) => node switch
    {
        BranchNode branch => branch.Pipe.ToString(),
        TextNode literal => GoQuote.Quote(literal.Text),
        _ => "",
    };
}
