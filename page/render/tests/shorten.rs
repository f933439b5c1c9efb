//! The script of a page is written shorter when it is built, and means the same.

#[path = "../build/shorten/mod.rs"]
mod shorten;

use shorten::shorten;

/// What becomes of the statements of a function.
fn body(script: &str) -> String {
    let short = shorten(&format!("(() => {{ {script} }})();"));
    let body = short.strip_prefix("{").and_then(|rest| rest.strip_suffix("}"));
    body.expect("a block around everything").to_owned()
}

#[test]
fn comments_spaces_and_long_words_go() {
    assert_eq!(
        body("// About it.\nconst a = true, b = undefined; let c = new Date();"),
        "let a=!0,b=void 0,c=new Date"
    );
    assert_eq!(
        body("f(a + +b, a - -b, Infinity, (c) => (d ? e : g));"),
        "f(a+ +b,a- -b,1/0,c=>d?e:g)"
    );
    assert_eq!(
        body("f(/a b[/]/, \"a // b\", a / b / c);"),
        "f(/a b[/]/,\"a // b\",a/b/c)"
    );
    assert_eq!(
        body("f(new Date().day, (a) => ({ a: 1 }), async () => {});"),
        "f(new Date().day,b=>({a:1}),async()=>{})"
    );
    assert_eq!(
        body("f(...(a && b), [(c || d)], ((a, b)), (c + d) * e, a ? (c ? d : e) : (b, c));"),
        "f(...a&&b,[c||d],(a,b),(c+d)*e,a?c?d:e:(b,c))"
    );
}

#[test]
fn names_belong_to_their_statement() {
    assert_eq!(
        body("const first = (one, two) => two(one), second = (three) => first(three, first);"),
        "let a=(b,c)=>c(b),b=c=>a(c,a)"
    );
    // A letter that something of others has is nobody's, and keys stay.
    assert_eq!(
        body("const long = { long: 1, other: a }; long.long(b, long);"),
        "let c={long:1,other:a};c.long(b,c)"
    );
    assert_eq!(
        body("for (const [name, { key: value }] of all) f(name, value);"),
        "for(let[a,{key:b}]of all)f(a,b)"
    );
    assert_eq!(body("const live = 1; node.live.well = live;"), "let a=1;node.a.b=a");
}

#[test]
fn statements_are_expressions_where_that_is_shorter() {
    for (long, short) in [
        ("if (a) b(); else c();", "a?b():c()"),
        ("if (a) { b(); c(); } else d = 1;", "a?(b(),c()):d=1"),
        ("if (a == 1) b();", "a==1&&b()"),
        ("if (a) b = 1;", "a&&(b=1)"),
        ("if (a || b) c();", "if(a||b)c()"),
        ("if (a || b) c(); else d();", "a||b?c():d()"),
        ("if (a) b(); else if (c) d = 1;", "a?b():c&&(d=1)"),
        ("if (a) { const b = 1; c(b); } else d();", "if(a){let b=1;c(b)}else d()"),
        ("if (a) return; b();", "if(a)return;b()"),
        ("for (const b of c) { b.d(); e(); }", "for(let a of c)a.d(),e()"),
    ] {
        assert_eq!(body(long), short, "{long}");
    }
    assert_eq!(body("f((a) => { a.b = 1; g(a); return a; });"), "f(a=>(a.b=1,g(a),a))");
    assert_eq!(
        body("f((a) => { if (a) return 1; return a; });"),
        "f(a=>{if(a)return 1;return a})"
    );
    assert_eq!(
        body("f((a) => { const b = a; return b; }, () => { g(() => { return 1; }); return 2; });"),
        "f(a=>{let b=a;return b},()=>(g(()=>1),2))"
    );
}
