include!("models.inc");

fn main() {
    let _ = User::insert_many([NewPost { title: String::new(), views: 0, author: Ref::default() }]);
}
