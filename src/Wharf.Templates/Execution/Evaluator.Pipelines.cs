using Wharf.Templates.Formatting;
using Wharf.Templates.Syntax;
using Wharf.Templates.Values;

namespace Wharf.Templates.Execution;

internal sealed partial class Evaluator
{
    private object? Pipeline(object? dot, PipeNode pipe)
    {
        At(pipe);
        object? value = Missing;
        foreach (CommandNode command in pipe.Commands)
        {
            value = Command(dot, command, value);
        }

        foreach (VariableNode variable in pipe.Variables)
        {
            if (pipe.IsAssign)
            {
                Assign(variable.Path[0], value);
            }
            else
            {
                _variables.Add((variable.Path[0], value));
            }
        }

        return value;
    }

    private object? Command(object? dot, CommandNode command, object? final)
    {
        Node first = command.Arguments[0];
        switch (first)
        {
            case FieldNode field:
                return FieldChain(dot, dot, field, field.Path, command.Arguments, final);
            case ChainNode chain:
                At(chain);
                object? inner = chain.Inner is PipeNode or IdentifierNode ? Argument(dot, chain.Inner) : throw Error($"indirection through explicit nil in {chain}");
                return FieldChain(dot, inner, chain, chain.Path, command.Arguments, final);
            case IdentifierNode identifier:
                return Function(dot, identifier, command, command.Arguments, final);
            case PipeNode pipe:
                NotAFunction(command.Arguments, final);
                return Pipeline(dot, pipe);
            case VariableNode variable:
                return Variable(dot, variable, command.Arguments, final);
        }

        At(first);
        NotAFunction(command.Arguments, final);
        return first switch
        {
            DotNode => dot,
            LiteralNode literal => literal.Value,
            NilNode => throw Error("nil is not a command"),
            _ => throw Error($"can't evaluate command {GoQuote.Quote(first.ToString()!)}"),
        };
    }

    private void NotAFunction(IReadOnlyList<Node> arguments, object? final)
    {
        if (arguments.Count > 1 || !ReferenceEquals(final, Missing))
        {
            throw Error($"can't give argument to non-function {arguments[0]}");
        }
    }

    private object? Variable(object? dot, VariableNode node, IReadOnlyList<Node> arguments, object? final)
    {
        At(node);
        object? value = null;
        for (int i = _variables.Count - 1; ; i--)
        {
            if (i < 0)
            {
                throw Error($"undefined variable: {node.Path[0]}");
            }

            if (_variables[i].Name == node.Path[0])
            {
                value = _variables[i].Value;
                break;
            }
        }

        if (node.Path.Count == 1)
        {
            NotAFunction(arguments, final);
            return value;
        }

        return FieldChain(dot, value, node, [.. node.Path.Skip(1)], arguments, final);
    }

    private object? FieldChain(object? dot, object? receiver, Node node, IReadOnlyList<string> path, IReadOnlyList<Node> arguments, object? final)
    {
        for (int i = 0; i < path.Count - 1; i++)
        {
            receiver = Field(dot, path[i], node, [], Missing, receiver, i > 0);
        }

        return Field(dot, path[^1], node, arguments, final, receiver, path.Count > 1);
    }

    private object? Field(object? dot, string field, Node node, IReadOnlyList<Node> arguments, object? final, object? receiver, bool isDeep)
    {
        At(node);
        if (receiver is null || ReferenceEquals(receiver, Missing))
        {
            throw Error(isDeep ? $"nil pointer evaluating interface {{}}.{field}" : $"nil data; no entry for key {GoQuote.Quote(field)}");
        }

        if (receiver is TemplateNil)
        {
            throw Error($"nil pointer evaluating interface {{}}.{field}");
        }

        bool hasArguments = arguments.Count > 1 || !ReferenceEquals(final, Missing);
        switch (receiver)
        {
            case ITemplateObject item:
                if (!item.TryGetMember(field, out object? member))
                {
                    throw Error($"can't evaluate field {field} in type {item.TypeName}");
                }

                if (member is TemplateMethod method)
                {
                    return Invoke(dot, new TemplateFunction(method.Arity, method.Arity, method.Invoke), field, node, arguments, final);
                }

                return hasArguments ? throw Error($"{field} has arguments but cannot be invoked as function") : member;
            case TemplateMap map:
                if (hasArguments)
                {
                    throw Error($"{field} is not a method but has arguments");
                }

                if (map.TryGet(field, out object? value))
                {
                    return value;
                }

                return options.MissingKeyIsError ? throw Error($"map has no entry for key {GoQuote.Quote(field)}") : null;
            default:
                throw Error($"can't evaluate field {field} in type {(isDeep ? "interface {}" : GoPrint.TypeName(receiver))}");
        }
    }

    private object? Function(object? dot, IdentifierNode node, Node command, IReadOnlyList<Node> arguments, object? final)
    {
        At(node);
        if (node.Name is "and" or "or")
        {
            return ShortCircuit(dot, node.Name, arguments, final);
        }

        if (!functions.TryGetValue(node.Name, out TemplateFunction? function))
        {
            function = Builtins.All[node.Name];
        }

        return Invoke(dot, function, node.Name, command, arguments, final);
    }

    /// <summary>The first argument that decides; the ones behind it are not evaluated.</summary>
    private object? ShortCircuit(object? dot, string function, IReadOnlyList<Node> arguments, object? final)
    {
        bool hasFinal = !ReferenceEquals(final, Missing);
        if (arguments.Count == 1 && !hasFinal)
        {
            throw Error($"wrong number of args for {function}: want at least 1 got 0");
        }

        object? value = null;
        for (int i = 1; i < arguments.Count; i++)
        {
            value = Argument(dot, arguments[i]);
            if (Truth.Of(value) == (function == "or"))
            {
                return value;
            }
        }

        return hasFinal ? final : value;
    }

    private object? Invoke(object? dot, TemplateFunction function, string called, Node node, IReadOnlyList<Node> arguments, object? final)
    {
        bool hasFinal = !ReferenceEquals(final, Missing);
        int count = arguments.Count - 1 + (hasFinal ? 1 : 0);
        count = Math.Max(count, 0);
        if (function.MaxArguments < 0 ? count < function.MinArguments : count < function.MinArguments || count > function.MaxArguments)
        {
            string want = function.MaxArguments < 0 ? "at least " : "";
            throw Error($"wrong number of args for {called}: want {want}{function.MinArguments} got {count}");
        }

        var values = new object?[count];
        for (int i = 1; i < arguments.Count; i++)
        {
            string parameter = i <= function.Parameters.Count ? function.Parameters[i - 1] : "any";
            values[i - 1] = TypedArgument(dot, arguments[i], parameter);
        }

        if (hasFinal)
        {
            At(node);
            values[count - 1] = Validate(final, count <= function.Parameters.Count ? function.Parameters[count - 1] : "any");
        }

        try
        {
            object? result = function.Invoke(values);
            return result is string { Length: var length } && length > options.MaxOutput
                ? throw new TemplateException($"result is larger than {options.MaxOutput} characters")
                : result;
        }
        catch (TemplateException e) when (!e.Message.StartsWith("template: ", StringComparison.Ordinal))
        {
            At(node);
            throw Error($"error calling {called}: {e.Message}");
        }
    }

    private object? TypedArgument(object? dot, Node node, string type)
    {
        At(node);
        if (type != "any" && node is LiteralNode literal)
        {
            bool fits = type switch
            {
                "string" => literal.Value is string,
                "int" => literal.Value is long,
                "bool" => literal.Value is bool,
                _ => true,
            };
            return fits ? literal.Value : throw Error($"expected {(type == "int" ? "integer" : type)}; found {node}");
        }

        if (node is NilNode)
        {
            return type == "any" ? null : throw Error($"cannot assign nil to {type}");
        }

        return Validate(Argument(dot, node), type);
    }

    private object? Validate(object? value, string type)
    {
        if (type == "any")
        {
            return value;
        }

        if (value is null)
        {
            throw Error($"invalid value; expected {type}");
        }

        bool fits = type switch
        {
            "string" => value is string,
            "int" => value is long,
            "bool" => value is bool,
            "[]string" => ReferenceEquals(value, TemplateNil.List) || (value is IReadOnlyList<object?> list && list.All(i => i is string)),
            _ => true,
        };
        return fits ? value : throw Error($"wrong type for value; expected {type}; got {GoPrint.TypeName(value)}");
    }

    private object? Argument(object? dot, Node node)
    {
        At(node);
        return node switch
        {
            DotNode => dot,
            LiteralNode literal => literal.Value,
            NilNode => null,
            FieldNode field => FieldChain(dot, dot, field, field.Path, [node], Missing),
            VariableNode variable => Variable(dot, variable, [node], Missing),
            PipeNode pipe => Pipeline(dot, pipe),
            IdentifierNode identifier => Function(dot, identifier, identifier, [node], Missing),
            ChainNode chain => FieldChain(dot, Argument(dot, chain.Inner), chain, chain.Path, [node], Missing),
            _ => throw Error($"can't handle assignment of {node} to empty interface argument"),
        };
    }
}
